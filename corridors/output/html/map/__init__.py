"""Interactive maps: single HTML files that work offline.

`page` draws a comparison and `flow_page` an allocation; a command imports the one it writes.
"""
