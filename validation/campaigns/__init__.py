"""Long runs over drawn questions, each a `make` target; tests hold a small fixed sample of each."""
