"""Every leg, cost line and source of one corridor."""
