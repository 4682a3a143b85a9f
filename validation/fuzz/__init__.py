"""Changed files, arguments and calls for every loader: nothing a user gives may break it."""
