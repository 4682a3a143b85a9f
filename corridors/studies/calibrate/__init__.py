"""Fit the choice among ways to counted boxes, and say whether they can carry it."""
