"""What becomes of a request once it is known which boxes it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wrpc.decide.boxes import Cells, Truth
from wrpc.decide.decision import Decision
from wrpc.decide.dimensions import Tree
from wrpc.decide.interpret import Interpreter
from wrpc.decide.request import BadRequest, Request, read
from wrpc.decide.state import State, state
from wrpc.policy.model import Route
from wrpc.policy.reading import signals

MOST = 100_000  # whole decisions kept: by then a policy's every combination that matters has come by
NOTHING = State({})  # what only a confidence would be asked of
HIGH = ("broken", "denial", "route")


class Item:
    """A condition among the bits. `kind` and `index` say what becomes of a request that has it; `places` are the bits
    of its boxes; of what is `possible` it is enough that it is not false."""

    def __init__(self, kind: str, index: int, tree: Tree, *, possible: bool = False) -> None:
        self.kind = kind
        self.index = index
        self.tree = tree
        self.possible = possible
        self.places = 0


class Judge:
    """`sole` has, by the length of what is left, who decides it; -1 where that takes a closer look, which `hard` takes.
    `keys` has, by who decides, the bits that matter to the decision. `known` are decisions by both; `made` makes one.

    Who decides is a route by its number in order of precedence, or behind the last that there is none; then a deny
    guard, a failed signal, a route of which it may not be unknown whether it holds."""

    def __init__(
        self,
        machine: Interpreter,
        routes: Sequence[Route],
        owners: Sequence[Item],
        residues: Mapping[int, Truth],
        guards: Sequence[Sequence[Item]],
        fired: Sequence[str],
    ) -> None:
        self._machine = machine
        self._policy = machine.policy
        self._routes = routes
        self._owners = owners
        self._residues = residues
        self._guards = guards
        self._fired = fired
        items = list(dict.fromkeys(owners))
        low = [i for i in items if i.kind not in HIGH]
        self._low = sum(i.places for i in low)
        self._broken = sum(i.places for i in items if i.kind == "broken")
        assumed = signals(self._policy, [a.condition for a in self._policy.assumptions.values()])
        self._assumed = sum(1 << n for n, name in enumerate(self._policy.signals) if name in assumed)
        self._firing = sum(i.places for i in low if i.kind == "fired")
        self._wary = {i.index: i.places for i in low if i.kind == "wary"}
        self._possible = {i.index: i.places for i in low if i.kind == "possible"}
        self._deny = sum(1 << n for n, s in enumerate(self._policy.signals.values()) if s.on_error == "deny")
        self._denied = len(routes) + 1
        self._failed = self._denied + 1 + max((i.index for i in items if i.kind == "denial"), default=-1)
        self._doubtful = self._failed + len(self._policy.signals)
        self._settled: dict[tuple[int, int], Decision] = {}
        self._told: list[dict[int, tuple[str, ...]]] = [{} for _ in range(0, len(fired), 8)]
        self._floor = self._floors()
        self.unsure = sum(1 << place for place in residues if place < len(owners) and owners[place].kind not in HIGH)
        self.sole = [-1, *(self._alone(place) for place in range(len(owners)))]
        self.keys = [self._firing] * (self._doubtful + len(self._policy.routes))
        for number, each in enumerate(guards):
            self.keys[number] |= sum(i.places for i in each)
        self.known: dict[tuple[int, int], Decision] = {}

    def _floors(self) -> list[int]:
        """By the number of a route, the lowest place of those that it is held against; 0 where there are none."""
        lowest: dict[int, int] = {}
        for place, owner in enumerate(self._owners):
            if owner.kind == "route":
                lowest.setdefault(owner.index, place)
        found, number = [0] * (len(self._routes) + 1), 0
        for rivals in self._machine.contests:
            inside = range(number, number + len(rivals))
            number += len(rivals)
            if len(rivals) > 1:
                floor = min((lowest[i] for i in inside if i in lowest), default=0)
                for i in inside:
                    found[i] = floor
        return found

    def _alone(self, place: int) -> int:
        owner = self._owners[place]
        if place in self._residues:
            return -1
        if owner.kind == "denial":
            return self._denied + owner.index
        return owner.index if owner.kind == "route" and not self._floor[owner.index] else -1

    # ── A closer look ─────────────────────────────────────────────────────

    def hard(self, high: int, low: int, failed: int, cells: Cells, given: Mapping[str, object]) -> Decision | None:
        """The decision by what is left of the boxes, in two parts, and by which signals failed; None for the
        interpreter's."""
        known: dict[object, bool] = {}
        low &= high & self._low
        if self._broken and failed & (self._assumed | self._deny):
            # An assumption is asked before a failure takes its meaning, or ends the request.
            try:
                self._machine.admit(read(self._policy, given))
            except BadRequest:
                return None
            high &= ~self._broken
        unsure = low & self.unsure
        while unsure:
            place = unsure.bit_length() - 1
            unsure ^= 1 << place
            if not self._residues[place](cells, known):
                low ^= 1 << place
        if failed & self._deny:
            denying = failed & self._deny
            who: int | None = self._failed + (denying & -denying).bit_length() - 1
        else:
            who = self._winner(high, low if failed else None, cells, known, given)
        if who is None:
            return None
        key = who, low & self.keys[who]
        return self.known.get(key) or self.made(key, given)

    def _winner(
        self, high: int, low: int | None, cells: Cells, known: dict[object, bool], given: Mapping[str, object]
    ) -> int | None:
        """`low` is given where a signal failed."""
        while True:
            place = high.bit_length() - 1
            residue = self._residues.get(place)
            if residue is None or residue(cells, known):
                break
            high ^= 1 << place
        owner = self._owners[place]
        if owner.kind == "broken":
            return None
        if owner.kind == "denial":
            return self._denied + owner.index
        for index, places in self._possible.items() if low is not None else ():
            if low is not None and low & places and not low & self._wary.get(index, 0):
                return self._doubtful + index
        floor = self._floor[owner.index]
        if not floor:
            return owner.index
        holding = [owner.index]
        left = high >> floor
        while True:
            left ^= 1 << left.bit_length() - 1
            if not left:
                break
            place = left.bit_length() - 1 + floor
            index = self._owners[place].index
            if index not in holding:
                residue = self._residues.get(place)
                if residue is None or residue(cells, known):
                    holding.append(index)
        return holding[0] if len(holding) == 1 else self._first(holding, given)

    def _first(self, holding: Sequence[int], given: Mapping[str, object]) -> int | None:
        """Of routes that hold and are held against each other, the one that takes the request; None where they
        conflict."""
        left = {self._routes[i].name: i for i in holding}
        confident = "confidence" in self._policy.resolve
        s = state(self._policy, read(self._policy, given)) if confident else NOTHING
        first = self._machine.first([self._routes[i] for i in holding], s)
        if len({self._policy.deeds[r.name] for r in first}) > 1:
            return None
        return left[min(r.name for r in first)]

    # ── Decisions ─────────────────────────────────────────────────────────

    def made(self, key: tuple[int, int], given: Mapping[str, object]) -> Decision:
        """The decision of a key, which the first request that has it settles."""
        who, low = key
        guards = self._guards[who] if who < len(self._guards) else ()
        asked = who, sum(1 << k for k, item in enumerate(guards) if low & item.places)
        settled = self._settled.get(asked)
        if settled is None:
            settled = self._decided(who, read(self._policy, given))
            if len(self._settled) < MOST:
                self._settled[asked] = settled
        found = Decision(
            settled.route,
            settled.action,
            settled.reason,
            settled.destinations,
            settled.obligations,
            self._names(low & self._firing),
            settled.removed,
            settled.by,
            settled.others,
            settled.budgets,
        )
        if len(self.known) < MOST:
            self.known[key] = found
        return found

    def _decided(self, who: int, request: Request) -> Decision:
        """By the interpreter, which need not ask again which of the routes it is."""
        if who > len(self._routes):
            return self._machine.decision(request)[0]
        route = self._policy.default if who == len(self._routes) else self._routes[who]
        if route is None:
            return Decision(None, "unrouted")
        return self._machine.guarded(route, state(self._policy, request))

    def _names(self, firing: int) -> tuple[str, ...]:
        """The signals that fire, by their bits, which are the lowest of all and in the order of the names."""
        found: tuple[str, ...] = ()
        for part, told in enumerate(self._told):
            eight = firing >> 8 * part & 255
            if eight:
                names = told.get(eight)
                if names is None:
                    some = self._fired[8 * part : 8 * part + 8]
                    names = told[eight] = tuple(n for k, n in enumerate(some) if eight >> k & 1)
                found += names
        return found
