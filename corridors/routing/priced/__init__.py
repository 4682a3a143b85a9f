"""Search the cheapest routes under dual prices of capacities, for allocation."""
