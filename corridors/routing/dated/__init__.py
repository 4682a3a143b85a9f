"""Search exact fronts by date: label setting on arcs that change with the day."""
