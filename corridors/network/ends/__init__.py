"""The ends of a question: their hauls, and the network with them."""
