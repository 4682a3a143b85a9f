"""The network of states, place by service, which questions share whatever their ends."""
