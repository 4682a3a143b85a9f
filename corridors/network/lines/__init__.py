"""Lines on the network: where they run, and what they carry."""
