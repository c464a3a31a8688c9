"""The desk: pages for officers, supervisors and auditors, served inside their own agency."""
