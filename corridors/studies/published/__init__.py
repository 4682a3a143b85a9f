"""Published figures, and our figures to compare with them."""
