"""Questions about all requests, and their answers.

A check asks whether a term can be true of any request, and says how the interpreter would confirm it. The answer is
*impossible*; or a request that shows it, made small and replayed; or *open* where Z3 gives up within its resource
limit, which counts steps and not seconds, so that a verdict does not depend on the machine.

The index answers first (`index/`), what it leaves is the reference's (`reference.py`), and a law holds the one to the
other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from wrpc.policy.model import Policy
from wrpc.solver.failures import failures_matter
from wrpc.solver.limits import RESOURCES
from wrpc.solver.room import Answer, Confirm, Line, Replay, Room
from wrpc.solver.terms import NotDecidable, Term

if TYPE_CHECKING:
    from wrpc.solver.index.engine import Engine
    from wrpc.solver.reference import Reference
    from wrpc.solver.regions import Region, Regions

Body = Literal["points", "diagrams", "clauses"]

__all__ = ["Answer", "Asker", "Confirm", "Line", "Replay", "Room"]


class Asker:
    """The two rooms of a policy. `healthy` has no failures; `failing` lets any signal that can fail do so.

    Without `index` the reference answers everything, as it does where confidences are compared. `body` is what answers
    first, where that is not for the policy to say.
    """

    def __init__(
        self, policy: Policy, *, resources: int = RESOURCES, index: bool = True, body: Body | None = None
    ) -> None:
        self.policy = policy
        self.resources = resources
        self._body = body
        self._index = index and not policy.measured

    @cached_property
    def healthy(self) -> Room:
        return self._room(failures=False)

    @cached_property
    def failing(self) -> Room:
        return self._room(failures=True)

    def _room(self, *, failures: bool) -> Room:
        def reference() -> Reference:
            from wrpc.solver.reference import Reference

            return Reference(self.policy, failures=failures, resources=self.resources)

        if not self._index:
            return reference()
        if self._engine is not None:
            from wrpc.solver.index.wide import Wide

            return Wide(self._engine, failures=failures, reference=reference)
        from wrpc.solver.index.room import Index

        return Index(self.policy, failures=failures, reference=reference)

    @cached_property
    def _engine(self) -> Engine | None:
        """None where sets of points are few and small."""
        from wrpc.decide.asked import Asked
        from wrpc.solver.index.universe import dense

        if self._body == "points":
            return None
        asked = Asked(self.policy, apart=True)
        if self._body is None and dense(asked):
            return None
        from wrpc.solver.index.engine import Engine

        return Engine(self.policy, resources=self.resources, body=self._body or "diagrams", asked=asked)

    @cached_property
    def can_fail(self) -> bool:
        """A failure may change a decision."""
        return failures_matter(self.policy)

    @property
    def rooms(self) -> tuple[Room, ...]:
        """Both rooms, healthy first; one where no failure changes anything."""
        return (self.healthy, self.failing) if self.can_fail else (self.healthy,)

    def settled(self, term: Callable[[Room], Term]) -> Answer:
        """As `anywhere`, for questions where only "impossible" is news: no request is made."""
        answer = Answer("impossible")
        for room in self.rooms:
            answer = room.settle(term(room))
            if not answer.impossible:
                return answer
        return answer

    def anywhere(self, term: Callable[[Room], Term], confirm: Confirm) -> Answer:
        """The answer over all requests: first without failures, then with."""
        answer = Answer("impossible")
        for room in self.rooms:
            try:
                answer = room.possible(term(room), confirm)
            except NotDecidable as reads:
                return Answer("open", why=f"it reads {reads}, which is not decided yet")
            if not answer.impossible:
                return answer
        return answer

    # ── Regions ───────────────────────────────────────────────────────────

    def region(self, term: Callable[[Room], Term]) -> Region | None:
        """All requests for which a term holds, in words; where failed signals make them many words, those without
        failures, which the text then says. None where nothing exact is found to say of them. It may spend what a body
        may cost: what else is to be asked is asked before."""
        said: Region | None = None
        for room, regions in self._said:
            try:
                found = regions.of(term(room))
            except NotDecidable:
                return None
            if found is not None and room is not self._said[0][0]:
                found = found.only("while no signal fails")
            if found is not None and found.exact:
                return found
            said = said or found
        return said

    @cached_property
    def _said(self) -> list[tuple[Room, Regions]]:
        """The rooms, the one with failures first; none where confidences are compared, which no cell says."""
        if not self._index:
            return []
        from wrpc.solver.index.wide import Wide
        from wrpc.solver.regions import Regions
        from wrpc.solver.sets import Ground

        asker = self if self._engine is not None else Asker(self.policy, resources=self.resources, body="diagrams")
        return [
            (room, Regions(Ground.of(room), self.policy, (self.policy,)))
            for room in reversed(asker.rooms)
            if isinstance(room, Wide)
        ]
