"""One module a use case, its steps in order; `session` keeps what many scenarios share."""
