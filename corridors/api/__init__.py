"""The functions of Python: questions by keywords, and results that show themselves.

`functions` has the questions, a `Session` of them and a function each; `scenario_keys` the keywords
they share. A result extends what a study returns by tables, pages and a short text.
"""
