"""Compare freight corridors between Asia and Europe on real networks.

The command line is `corridors`; the same from Python:

>>> import corridors
>>> comparison = corridors.compare("configs/scenarios/shanghai-europe.yaml")  # doctest: +SKIP
>>> comparison.options  # doctest: +SKIP
"""

from corridors.version import __version__

__all__ = ["__version__"]
