"""A bounded cache of the most recently used values, for one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class BoundedCache(Generic[Value]):
    """The `most` values used last, by key. Values must not be altered."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: dict[Hashable, Value] = {}

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key; `make` builds it if the key is new."""
        value = self._values.pop(key) if key in self._values else make()
        self._values[key] = value
        if len(self._values) > self.most:
            del self._values[next(iter(self._values))]
        return value

    def use(self, key: Hashable) -> None:
        """Count a key as used last, if it is kept."""
        if key in self._values:
            self._values[key] = self._values.pop(key)

    def values(self) -> list[Value]:
        """Return the values kept, the one used last at the end."""
        return list(self._values.values())

    def shrink(self, most: int = 0) -> None:
        """Keep only the `most` values used last."""
        for key in list(self._values)[: max(0, len(self._values) - most)]:
            del self._values[key]

    def clear(self) -> None:
        """Keep none of the values."""
        self._values.clear()

    def renewed(self, key: Hashable, value: Value) -> Value:
        """Keep and return another value for a key."""
        self._values.pop(key, None)
        return self.of(key, lambda: value)
