"""Tables of `geodata/` as domain values, read with the csv module and cached until they change.

Beside a session's caches, these are kept for the process; none can be altered by a caller:

- each reader of `shipped` or `cached_while_unchanged`: the last 64 files or folders by path, while
  sizes and times of modification stay (`paths`);
- `paths`: the root by environment variable, paths by folder and name;
- `places`: 16,384 names without accents, 1,024 names looked up, by the text of the table;
- `own.combine`: 4 overlays by the user's files with their hashes and the shipped folders.
"""
