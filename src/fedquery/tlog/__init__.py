"""A verifiable log: RFC 6962 trees in C2SP tiles, signed notes, checkpoints, proofs; all pure."""
