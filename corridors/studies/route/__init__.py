"""The cheapest route between two places."""
