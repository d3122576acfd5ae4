"""What every term of the index can do, whichever body answers for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any


class Own(ABC):
    """`operation` and `parts` are how the term was made, so that it can be made again of Z3's terms."""

    __slots__ = ("operation", "parts")

    operation: str
    parts: tuple[Any, ...]

    @abstractmethod
    def conj(self, parts: Sequence[Any]) -> Own | bool:
        """All of two terms or more, this one the first."""

    @abstractmethod
    def disj(self, parts: Sequence[Any]) -> Own | bool:
        """Any of two terms or more, this one the first."""

    @abstractmethod
    def negated(self) -> Own:
        """A second negation gives back the first term."""

    @abstractmethod
    def named(self, label: str) -> Own:
        """The same term; what is made of it again has a name there."""

    @abstractmethod
    def leaf(self, make: Callable[[Any], Any]) -> Own:
        """The same term, made again by a function from the reference room to its term."""
