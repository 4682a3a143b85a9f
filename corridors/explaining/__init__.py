"""What changed between two scenarios or results, and which input accounts for it."""

from corridors.explaining.difference import explain
from corridors.explaining.ends import End, read_end
from corridors.explaining.values import Change, Difference, Effect, Figures, Outcome

__all__ = ["Change", "Difference", "Effect", "End", "Figures", "Outcome", "explain", "read_end"]
