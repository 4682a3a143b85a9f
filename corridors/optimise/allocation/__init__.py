"""The split of TEU over routes: column generation over paths."""
