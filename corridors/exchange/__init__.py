"""Networks to and from other programs: GeoPackage, GraphML, GMNS, and the own-data tables."""
