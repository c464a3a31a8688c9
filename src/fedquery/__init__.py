"""Ask other nations whether they hold a record, without telling them what you asked."""

__version__ = "0.1.0"
