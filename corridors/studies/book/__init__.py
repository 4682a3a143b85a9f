"""How much space to book before it is known what comes."""
