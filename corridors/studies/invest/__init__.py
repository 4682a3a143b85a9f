"""Which projects to build within a budget."""
