"""Case cards: what a holder is told of a case, signed by the agency and by who vouches for it."""
