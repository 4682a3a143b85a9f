"""How the corridors of a scenario fare where figures are not sure."""
