"""Reports: single HTML files that work offline.

`single` renders that of a comparison, `batch` that of a batch and `investment` that of a plan of
projects; a command imports the one it writes.
"""
