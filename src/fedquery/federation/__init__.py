"""Who belongs to a federation, what each nation offers, and how many nodes are asked at once."""
