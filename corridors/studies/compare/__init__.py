"""Which corridor carries a shipment best, in what its scenario asks for, and month by month."""
