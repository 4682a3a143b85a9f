"""How sure an answer is: distributions, draws, events, chances, sensitivities."""
