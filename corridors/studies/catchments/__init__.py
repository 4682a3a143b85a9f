"""Which corridor is best from one origin to each of many destinations."""
