"""The volumes of many pairs on routes at least cost."""
