"""The sea: lanes, where places join them, distances and ways along them, sea legs."""
