"""Values that every layer shares: frozen, unit last in the name, standard library only."""
