"""Those who are compared, each behind the same few calls."""
