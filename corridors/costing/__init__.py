"""Compute bills of quantities per TEU, their prices, hours, emissions and ice."""
