"""Build the network of places, services, legs and transfers, and the layers of corridors."""
