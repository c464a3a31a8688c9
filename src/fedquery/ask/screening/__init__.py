"""Lists of any length: what they cost, asking them, resuming them, and what they came to."""
