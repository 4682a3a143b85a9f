"""When a corridor through ice is open."""
