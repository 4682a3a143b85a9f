"""The cheapest routes under dual prices of capacities, for allocation."""
