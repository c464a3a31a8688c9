"""`fedquery screen` and `fedquery screenings`: lists of any length out of files, into reports."""
