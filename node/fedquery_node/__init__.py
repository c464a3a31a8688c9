"""A nation's node: its records, its keys, its policy, its log."""
