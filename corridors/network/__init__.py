"""The network of states: places, services, legs, transfers, and a corridor's layers of it."""
