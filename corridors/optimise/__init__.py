"""OR-Tools: certificates of routes, the decision under limits, allocation and projects."""
