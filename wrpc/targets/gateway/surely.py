"""Which guards act whenever a route holds: then there is no fork, and what they remove stands in no branch at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wrpc.policy.expr import Condition
from wrpc.policy.model import Policy, Route
from wrpc.policy.reading import signals

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term


class Surely:
    """Asks each question once. That a guard never acts is not asked: a fork too many keeps what it should."""

    def __init__(self, policy: Policy, ask: Callable[[], Asker]) -> None:
        self._policy = policy
        self._ask = ask
        self._known: dict[tuple[str, Condition], bool] = {}
        self._reads: dict[str, frozenset[str]] = {}

    def acts(self, route: Route, condition: Condition) -> bool:
        """The condition is true or unknown of every request, failures included, for which the route holds."""
        key = route.name, condition
        if key not in self._known:
            self._known[key] = self._acts(route, condition)
        return self._known[key]

    def _acts(self, route: Route, condition: Condition) -> bool:
        if not signals(self._policy, [condition]) & self._signals(route):
            return False  # nothing that the route says of a request tells of the condition
        from wrpc.solver.terms import NotDecidable, conj

        def rests(room: Room) -> Term:
            d = room.decision
            holds = d.chosen(route) if route is self._policy.default else d.holds(route)
            return conj([holds, d.encoding.condition(condition).false])

        try:
            return self._ask().settled(rests).impossible
        except NotDecidable:
            return False

    def _signals(self, route: Route) -> frozenset[str]:
        if route.name not in self._reads:
            routes = self._policy.routes.values() if route is self._policy.default else (route,)
            self._reads[route.name] = frozenset(signals(self._policy, [r.when for r in routes if r.when is not None]))
        return self._reads[route.name]
