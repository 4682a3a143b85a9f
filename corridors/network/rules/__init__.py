"""What a scenario allows on the network: services, days, shares of capacities."""
