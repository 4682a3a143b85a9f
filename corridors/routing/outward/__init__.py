"""One search of a corridor from an origin, read off at many destinations."""
