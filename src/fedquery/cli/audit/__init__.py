"""`fedquery audit`: commands on logs, for people who trust none of the parties."""
