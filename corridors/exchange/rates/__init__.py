"""Rate sheets of carriers and forwarders, read as contracts."""
