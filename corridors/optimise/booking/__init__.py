"""Book space here and now against scenarios of what comes after."""
