"""A corridor on the network: its carriage and its layers."""
