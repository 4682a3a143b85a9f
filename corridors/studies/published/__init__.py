"""Published figures, and the measures of ours that are set beside them."""
