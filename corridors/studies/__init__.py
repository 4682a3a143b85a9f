"""One module per use case, its steps in order; `session` keeps what scenarios share."""
