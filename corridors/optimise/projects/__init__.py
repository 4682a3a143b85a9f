"""Choose projects: enumeration, Benders decomposition and its master problem."""
