"""Tables of `geodata/` as domain values: csv module only, nothing cached, nothing changed."""
