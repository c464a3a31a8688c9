"""A federation of six nations on one machine, to look at."""
