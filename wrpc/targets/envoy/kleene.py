"""What a condition is as sets of requests: where it is true, where false, and where neither."""

from __future__ import annotations

from collections.abc import Callable

from wrpc.targets.envoy.rows import Rows, both, either

View = Callable[[], Rows]


class Kleene:
    """A condition: the requests for which it is true, false, not false (`maybe`) and not true (`doubt`)."""

    __slots__ = ("_made", "_make")

    def __init__(self, true: View, false: View, maybe: View, doubt: View) -> None:
        self._make = {"true": true, "false": false, "maybe": maybe, "doubt": doubt}
        self._made: dict[str, Rows] = {}

    @classmethod
    def of(cls, true: Rows, false: Rows, unknown: Rows) -> Kleene:
        return cls(lambda: true, lambda: false, lambda: either((true, unknown)), lambda: either((false, unknown)))

    def _get(self, view: str) -> Rows:
        if view not in self._made:
            self._made[view] = self._make[view]()
        return self._made[view]

    @property
    def true(self) -> Rows:
        return self._get("true")

    @property
    def false(self) -> Rows:
        return self._get("false")

    @property
    def maybe(self) -> Rows:
        return self._get("maybe")

    @property
    def doubt(self) -> Rows:
        return self._get("doubt")

    @property
    def unknown(self) -> Rows:
        return both(self.maybe, self.doubt)
