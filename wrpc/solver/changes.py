"""Every change that one policy makes of another: which requests, with a witness for each, complete, failures included.

A *cell* is what one policy comes to, whatever the request is asked besides: a plan with what guards leave of it, or why
nothing is served. Two cells, one of each policy, say all of a request but its obligations. So a change is found by its
cells: one request that is told otherwise shows a pair of them, the pair is asked for the effects that it has, and the
rest of the requests is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import product
from typing import Literal

from wrpc.decide.change import Effect, Sides, Told, denied, effect
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict
from wrpc.decide.request import RequestValue
from wrpc.policy.model import Policy
from wrpc.solver.algebra import Algebra
from wrpc.solver.ask import Asker
from wrpc.solver.both import answered
from wrpc.solver.halves import Asked, Cell, Part
from wrpc.solver.joint import Joint
from wrpc.solver.limits import RESOURCES
from wrpc.solver.room import Answer, Replay
from wrpc.solver.terms import Term, conj, disj, negate, same

Verdict = Literal["same", "different", "stronger", "weaker", "open"]


@dataclass(frozen=True, slots=True)
class Found:
    """One change: a request, both decisions on it, and the parts of the space that it happens in."""

    effect: Effect
    request: Mapping[str, RequestValue]
    old: Decision
    new: Decision
    parts: tuple[Part, ...] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """`unsettled`: why there may be more changes than these. `sets`: what answered, where sets of requests did."""

    sides: Sides
    found: tuple[Found, ...]
    unsettled: tuple[Unsettled, ...]
    sets: Algebra | None = field(default=None, compare=False, repr=False)

    @property
    def verdict(self) -> Verdict:
        effects = {f.effect for f in self.found}
        if "weaker" in effects:
            return "weaker"
        if self.unsettled:
            return "open"
        return "stronger" if "stronger" in effects else "different" if effects else "same"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """`side` "old" or "new" where its routes conflict for `request` (WRP201), else None."""

    why: str
    side: Literal["old", "new"] | None = None
    request: Mapping[str, RequestValue] | None = None


def changes(old: Policy, new: Policy, *, named: bool = False, resources: int = RESOURCES, sets: bool = True) -> Result:
    """What the new policy makes of the old one's requests. `named`: pools are matched by their names as well.

    Sets of requests answer where both policies have them; else, or where these come to no end, the reference does; with
    `sets` False it is asked alone.
    """
    sides = Sides(old, new, named=named)

    def ask(space: Algebra | Joint) -> Result:
        if isinstance(space, Joint):
            # Over its own requests a policy's checks answer much faster; most policies have no conflict at all.
            for side in (sides.old, sides.new):
                own = Asker(side.policy, resources=resources)
                side.conflicts = not own.settled(lambda room: room.decision.conflict).impossible
        return Changes(sides, space).result()

    return answered(sides, ask, resources=resources, sets=sets)


class Changes:
    def __init__(self, sides: Sides, space: Algebra | Joint) -> None:
        self.sides = sides
        self.joint = space
        self.pairs = space.pairs
        self.old, self.new = self.pairs.old, self.pairs.new
        self._obligations = self.pairs.obligations
        self._owed: dict[object, Term] = {}
        self.unsettled: list[Unsettled] = []

    def result(self) -> Result:
        self._conflicts()
        merged: dict[object, list[Found]] = {}
        for found in self._found():
            merged.setdefault(self._alike(found), []).append(found)
        order = {"weaker": 0, "stronger": 1, "different": 2}
        each = [
            Found(f[0].effect, f[0].request, f[0].old, f[0].new, tuple(p for one in f for p in one.parts))
            for f in merged.values()
        ]
        each.sort(key=lambda f: order[f.effect])
        sets = self.joint if isinstance(self.joint, Algebra) else None
        return Result(self.sides, tuple(each), tuple(self.unsettled), sets)

    def _alike(self, found: Found) -> object:
        """Changes that are shown alike are one."""

        def shown(d: Decision) -> object:
            return d.action, denied(d), d.destinations, d.obligations, d.others

        return found.effect, shown(found.old), shown(found.new)

    # ── Conflicts ─────────────────────────────────────────────────────────

    def _conflicts(self) -> None:
        sides: tuple[tuple[Literal["old", "new"], Term], ...] = (
            ("old", self.old.conflict),
            ("new", self.new.conflict),
        )
        for side, term in sides:
            answer = self.joint.ask(term, partial(self._conflict, side=side))
            if answer.verdict == "open":
                self.unsettled.append(Unsettled(answer.why))
            elif answer.possible:
                why = f"routes of the {side} policy conflict (WRP201)"
                self.unsettled.append(Unsettled(why, side, answer.request))

    def _conflict(self, replay: Replay, side: str) -> bool:
        if not self.sides.admits(replay.request):
            return False
        if side == "old" and self.sides.outside(replay.request):
            return False
        half = self.sides.old if side == "old" else self.sides.new
        try:
            half.told(replay.request)
        except Conflict:
            return True
        return False

    # ── Cells ─────────────────────────────────────────────────────────────

    def _found(self) -> Iterator[Found]:
        left = conj([self.pairs.decided, negate(self._surely_same)])
        seen: set[tuple[Cell, Cell]] = set()
        while True:
            answer = self.joint.ask(left, lambda replay: self._pair(replay.request) not in (None, *seen))
            if answer.request is None:
                if answer.verdict == "open":
                    self.unsettled.append(Unsettled(answer.why))
                return
            pair = self._pair(answer.request)
            assert pair is not None, "the request was confirmed"
            seen.add(pair)
            here = self.pairs.here(pair)
            yield from self._effects(pair, conj([self.pairs.decided, here]), answer.request)
            left = conj([left, negate(here)])

    def _pair(self, request: Mapping[str, RequestValue]) -> tuple[Cell, Cell] | None:
        """The cells of a request that is compared."""
        found = self._told(request)
        if found is None:
            return None
        old, _, new, _ = found
        return self.old.name(old), self.new.name(new)

    def _told(self, request: Mapping[str, RequestValue]) -> tuple[Decision, Told, Decision, Told] | None:
        if not self.sides.admits(request):
            return None
        try:
            return self.sides.told(request)
        except Conflict:
            return None

    def _effects(self, pair: tuple[Cell, Cell], here: Term, request: Mapping[str, RequestValue]) -> Iterator[Found]:
        """The changes of two cells, disjoint, each with a request."""
        for part, term in self.pairs.parts(pair, here):
            yield from self._try(part, term, request)

    def _try(self, part: Part, term: Term, first: Mapping[str, RequestValue]) -> Iterator[Found]:
        """A change of the kind, where there is such a request; `first` is tried before any is looked for."""

        def confirmed(replay: Replay) -> bool:
            return self.part(replay.request) == part

        answer = Answer("possible", first)
        if self.part(first) != part:
            answer = self.joint.ask(term, confirmed)
        if answer.verdict == "open":
            self.unsettled.append(Unsettled(answer.why))
        if answer.request is not None:
            found = self._told(answer.request)
            assert found is not None, "the request was confirmed"
            yield Found(part.effect, answer.request, found[0], found[2], (part,))

    def part(self, request: Mapping[str, RequestValue]) -> Part | None:
        """The part that a request lies in, as the interpreter says; None where nothing changes for it."""
        found = self._told(request)
        if found is None:
            return None
        old, ours, new, theirs = found
        kind = effect(ours, theirs)
        if kind == "same":
            return None
        pair = self.old.name(old), self.new.name(new)
        item: Asked | None = None
        before, after = (ours, theirs) if kind == "weaker" else (theirs, ours)
        if kind != "different" and not after.asked.keys() - before.asked.keys():
            shared = (p for p in self.old.profiles(pair[0]) if p in theirs.asked)
            gone = ((p, n) for p in shared for n in sorted(before.asked[p] - after.asked[p]))
            item = next(gone, None)
        return Part(pair, kind, item)

    @cached_property
    def _surely_same(self) -> Term:
        """Both do the same, by plans that are alike as they are written. Plans that only the guards make alike are not
        among these: such a pair of cells is looked at, and told as no change."""
        denials = [
            (term, self.new.denials[cell]) for cell, term in self.old.denials.items() if cell in self.new.denials
        ]
        alike = [conj(pair) for pair in denials]
        alike.append(conj([negate(self.old.admitted), self.new.denies]))
        for shape, ours in self.old.plans.items():
            for mine, theirs in product(ours, self.new.plans.get(shape, ())):
                parts = [self.old.takes(mine.deed), self.new.takes(theirs.deed)]
                for p, q in zip(mine.pools, theirs.pools, strict=True):
                    before, after = self.old.routes[mine.deed][0], self.new.routes[theirs.deed][0]
                    parts.append(same(self.old.encoded.left(p, before), self.new.encoded.left(q, after)))
                    parts.append(self._owed_alike((mine.deed, p), (theirs.deed, q)))
                alike.append(conj([*parts, self._asked_alike]))
        return self.joint.define("surely the same", disj(alike))

    def _owed_alike(self, mine: tuple[int, str], theirs: tuple[int, str]) -> Term:
        """A pool of a plan of the old policy is asked what one of the new policy's is."""
        key = self.old.told_apart(*mine), self.new.told_apart(*theirs)
        if key not in self._owed:
            parts = [same(self.old.owed(*mine, n), self.new.owed(*theirs, n)) for n in self._obligations]
            self._owed[key] = self.joint.define("owed alike", conj(parts))
        return self._owed[key]

    @cached_property
    def _asked_alike(self) -> Term:
        """What decisions are asked as a whole is the same in both."""
        parts = [same(self.old.everywhere(n), self.new.everywhere(n)) for n in self._obligations]
        return self.joint.define("asked alike", conj(parts))
