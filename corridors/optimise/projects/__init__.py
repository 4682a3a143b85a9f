"""Which projects to build: enumeration, Benders, and their master problem."""
