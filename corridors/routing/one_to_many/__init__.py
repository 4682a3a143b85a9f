"""Search corridors from one origin for many destinations at once."""
