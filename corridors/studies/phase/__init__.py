"""Which corridor is best over the ranges of two figures."""
