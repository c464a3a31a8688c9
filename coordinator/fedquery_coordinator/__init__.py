"""The relay between askers and nodes; it cannot read what it carries."""
