"""Which weekly trains and loops to run, and how often."""
