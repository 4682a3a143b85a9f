"""Tables of `geodata/` as domain values, read with the csv module and cached until they change."""
