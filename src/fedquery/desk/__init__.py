"""The desk: the pages that officers, supervisors and auditors of an agency look at."""
