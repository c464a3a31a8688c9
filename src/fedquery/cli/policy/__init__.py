"""`fedquery policy`: what an auditor does with policy files, without a node."""
