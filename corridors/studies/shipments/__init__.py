"""A table of shipments in, the answers of each on its row out."""
