"""Lists out of files: which column, which lines, and what is written of them afterwards."""
