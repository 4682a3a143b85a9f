"""The command line: one file a command. Parse, call the pipeline, print, exit code."""
