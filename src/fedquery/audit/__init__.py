"""What is logged: the leaves of a node's and a coordinator's log, without identifiers or names.

Publications are leaves too; they are the protocol's own (`fedquery.psi.publication`).
"""
