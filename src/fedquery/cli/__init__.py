"""The commands of the asker."""
