"""The command line: one file per command. Each parses, runs a study and prints."""
