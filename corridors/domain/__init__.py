"""Values shared by all layers: frozen, with the unit last in the name, standard library only."""
