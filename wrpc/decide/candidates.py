"""Which routes may hold for a request, without asking each: a route for one model's name is looked up by the name,
one for a range of lengths by the length, and a condition that many routes share is asked once for all of them.

The conditions of all others are surely false: a part of an `and` is, or every part of an `or`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from wrpc.decide.ranges import Number, Ranges
from wrpc.decide.state import Truth
from wrpc.policy.expr import All, Among, Any, Condition, OneOf, StringLiteral, StringSignal, Text
from wrpc.policy.model import Definition, Route

Need = tuple[str, frozenset[str]]  # a signal, and the values that it has to have
MANY = 64  # routes from which on it is worth asking what they share
SHARED = 128  # conditions that are asked for all routes at once, at most


class Candidates:
    """`of` a request's values: the routes that may hold, in the order in which they were given."""

    def __init__(self, routes: Sequence[Route], definitions: Mapping[str, Definition] = MappingProxyType({})) -> None:
        self._routes = routes
        self._definitions = definitions
        self._shared = shared(routes) if len(routes) >= MANY else []
        self._always: list[int] = []
        self._prefixed: dict[str, dict[str, list[int]]] = {}
        self._needing: dict[str, list[int]] = {}
        self._by_value: dict[str, dict[str, list[int]]] = {}
        for i, route in enumerate(routes):
            need = None if route.when is None else needed(route.when)
            if need is None:
                beginning = None if route.when is None else begun(route.when)
                if beginning is None:
                    self._always.append(i)
                else:
                    self._prefixed.setdefault(beginning[0], {}).setdefault(beginning[1], []).append(i)
                continue
            signal, values = need
            self._needing.setdefault(signal, []).append(i)
            by_value = self._by_value.setdefault(signal, {})
            for value in values:
                by_value.setdefault(value, []).append(i)

        self._lengths = {s: sorted({len(p) for p in by_prefix}) for s, by_prefix in self._prefixed.items()}

    def of(
        self,
        values: Mapping[str, object],
        truth: Callable[[Condition], Truth] | None = None,
        raw: Mapping[str, Number | None] | None = None,
    ) -> Iterator[Route]:
        """`truth`: what a condition is of the request. A route that needs what is unknown may hold only where the
        unknown makes it fire. `raw`: the number of each signal that has one, None where it is unknown."""
        found = self._named(values)
        if raw is not None and len(found) >= MANY:
            marks = bin(self._ranges.left(raw) | 1 << len(self._routes))  # the last letter is the first route's
            found = [i for i in found if marks[-1 - i] == "1"]
        if truth is None or len(found) < MANY or not self._shared:
            return (self._routes[i] for i in found)
        out = 0
        for condition, without in self._shared:
            if without & ~out and (holds := truth(condition)) is not True:
                out |= without if holds is False else without & self._silent
        marks = bin(out | 1 << len(self._routes))
        return (self._routes[i] for i in found if marks[-1 - i] == "0")

    @cached_property
    def _ranges(self) -> Ranges:
        return Ranges([route.when for route in self._routes], self._definitions)

    @cached_property
    def _silent(self) -> int:
        """The routes that do not hold where it is unknown whether they do."""
        return sum(1 << i for i, route in enumerate(self._routes) if route.on_unknown != "fires")

    def _named(self, values: Mapping[str, object]) -> list[int]:
        """By the names and the beginnings of strings."""
        found = list(self._always)
        for signal, by_value in self._by_value.items():
            value = values[signal]
            # What a failed signal is, nobody knows.
            found += self._needing[signal] if value is None else by_value.get(value, ())  # type: ignore[call-overload]
        for signal, by_prefix in self._prefixed.items():
            value = values[signal]
            if not isinstance(value, str):
                found += [i for routes in by_prefix.values() for i in routes]
                continue
            for length in self._lengths[signal]:
                found += by_prefix.get(value[:length], ()) if len(value) >= length else ()
        found.sort()
        return found


def shared(routes: Sequence[Route]) -> list[tuple[Condition, int]]:
    """Conditions that several routes need, those of most routes first, each with the routes that do as the bits of a
    number."""
    from wrpc.decide.vectors import bits

    needing: dict[Condition, list[int]] = {}
    for i, route in enumerate(routes):
        for part in dict.fromkeys(() if route.when is None else conjuncts(route.when)):
            needing.setdefault(part, []).append(i)
    most = Counter({part: len(found) for part, found in needing.items() if len(found) > 1}).most_common(SHARED)
    return [(part, bits(needing[part], len(routes))) for part, _ in most]


def conjuncts(condition: Condition) -> Iterator[Condition]:
    """What has to be true lest the condition is false."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from conjuncts(part)
    elif not isinstance(condition, Any):
        yield condition


def begun(condition: Condition) -> tuple[str, str] | None:
    """What one string must begin with lest the condition is false; None where no single prefix decides that."""
    match condition:
        case Text("prefix", StringSignal(signal), StringLiteral(text)):
            return signal, text
        case All(parts):
            found = [b for p in parts if (b := begun(p)) is not None]
            return max(found, key=lambda b: len(b[1]), default=None)
        case _:
            return None


def needed(condition: Condition) -> Need | None:
    """Values that one signal must have lest the condition is false; None where no single signal decides that."""
    match condition:
        case OneOf(signal, names) | Among(signal, names):
            return signal, names
        case Text("equals", StringSignal(signal), StringLiteral(value)) | Text(
            "equals", StringLiteral(value), StringSignal(signal)
        ):
            return signal, frozenset([value])
        case All(parts):
            needs = [n for p in parts if (n := needed(p)) is not None]
            return min(needs, key=lambda n: len(n[1]), default=None)
        case Any(parts):
            found: dict[str, set[str]] = {}
            for part in parts:
                need = needed(part)
                if need is None:
                    return None
                found.setdefault(need[0], set()).update(need[1])
            if len(found) != 1:
                return None
            ((signal, values),) = found.items()
            return signal, frozenset(values)
        case _:
            return None
