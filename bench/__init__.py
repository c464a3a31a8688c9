"""Measurements: ratios against a reference in the same run, with the machine beside them."""
