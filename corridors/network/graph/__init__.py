"""Search a graph: what can be reached, and at which least weight."""
