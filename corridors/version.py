"""The version of the package, and of the files it writes."""

__version__ = "0.2.0"
