"""RFC 9497: a verifiable oblivious pseudorandom function over ristretto255 with SHA-512."""
