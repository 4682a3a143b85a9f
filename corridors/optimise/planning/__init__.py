"""Allocate TEU to routes by column generation over paths."""
