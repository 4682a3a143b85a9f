"""OR-Tools: the certificate of a route, and the decision under a programme's limits."""
