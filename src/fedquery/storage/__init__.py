"""SQLite as the services use it: durable, checked, one writer for each data directory."""
