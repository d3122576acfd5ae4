"""The decision function of a policy, compiled for the requests that come in numbers.

A request is put into a cell of each dimension that the conditions tell apart (`taking.py`, generated Python). Each cell
knows, as the bits of one number, which boxes of which conditions are still possible in it; the numbers of all its cells
ANDed leave the boxes that the request lies in. Precedence is the order of the bits, so the winner is the highest one
that is left. What a decision costs grows with the signals, therefore, and hardly with the routes.

From high to low the bits stand for: assumptions that are broken, denials, routes, that there is none; then, for
failures, routes of which it may not be unknown whether they hold; guards; what fires. A route and its guards' bits are
decided once, by the plain interpreter. It also answers, where the function says None, whatever is wrong with a request,
and routes that conflict. A law holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from wrpc.decide.boxes import Box, Cells, Forms, Truth, lies
from wrpc.decide.decision import Decision
from wrpc.decide.dimensions import Binary, Every, Neither, Tree
from wrpc.decide.interpret import Interpreter
from wrpc.decide.judge import Item, Judge
from wrpc.decide.request import Request
from wrpc.decide.space import Space
from wrpc.decide.taking import Taking
from wrpc.decide.vectors import Bit, Vectors
from wrpc.policy import reading
from wrpc.policy.destination import Destination, written
from wrpc.policy.model import Action, Bool, Denial, Forbid, Guard, Obligation, Policy, Score
from wrpc.policy.numbers import numeric

Fast = Callable[[Mapping[str, object]], Decision | None]

LIMITS = (16, 4, 1)
"""The boxes that one condition may take: the first of these with which all conditions together stay below MANY."""
MANY = 30_000
FEW = 50
"""How many terms stand in one expression: what Python's parser nests is limited."""


def fast(machine: Interpreter) -> Fast:
    """The compiled decision function of a policy."""
    denials = [r for g in machine.policy.guards.values() for r in g.rules if isinstance(r, Denial)]
    if any(map(numeric, (r.when for r in denials))):
        return lambda _given: None  # what the plan costs is asked before there is one: the interpreter's to say
    return _Compiler(machine).function()


def decider(policy: Policy) -> Callable[[Mapping[str, object]], Decision]:
    """`decide` for many requests of one policy. Raises what the interpreter raises."""
    machine = Interpreter(policy)
    quick = fast(machine)

    def run(given: Mapping[str, object]) -> Decision:
        found = quick(given)
        return machine.decide(given) if found is None else found

    return run


def plain(request: Request) -> dict[str, object]:
    """A request that has been read, as the compiled function takes it."""
    return {n: v.numerator if isinstance(v, Fraction) and v.denominator == 1 else v for n, v in request.items()}


class _Compiler:
    def __init__(self, machine: Interpreter) -> None:
        self.machine = machine
        self.policy = machine.policy
        self.space = Space(self.policy)
        self.routes = [r for c in self.policy.ranked for r in c]
        self.fired = sorted(n for n, s in self.policy.signals.items() if isinstance(s.type, Bool | Score))
        self.high = self._high()
        self._guards: dict[Tree, Item] = {}
        self.guards = self._guarded()
        self.low = [Item("fired", i, self.space.firing(n)) for i, n in enumerate(self.fired)]
        self.low += self._guards.values()
        for i, route in enumerate(r for r in self.policy.routes.values() if r.on_unknown == "deny"):
            tree = self.space.at(route.when)
            self.low += [Item("wary", i, tree), Item("possible", i, tree, possible=True)]

    def _high(self) -> list[Item]:
        """Whatever ends a request, in the order of precedence."""
        items = [
            Item("broken", i, _opposite(self.space.at(a.condition)))
            for i, a in enumerate(self.policy.assumptions.values())
        ]
        denials = [r for g in self.policy.guards.values() for r in g.rules if isinstance(r, Denial)]
        items += [Item("denial", i, self.space.at(r.when), possible=True) for i, r in enumerate(denials)]
        items += [
            Item("route", i, self.space.at(r.when), possible=r.on_unknown == "fires") for i, r in enumerate(self.routes)
        ]
        return [*items, Item("route", len(self.routes), True)]

    # ── Guards ────────────────────────────────────────────────────────────

    def _guarded(self) -> list[list[Item]]:
        """By route, and last for the default, what guards ask of the pools of its plan: it settles what is left of that
        and what is owed."""
        asked: dict[object, list[Item]] = {}
        found = []
        last = () if self.policy.default is None else (self.policy.default,)
        for route in (*self.routes, *last):
            places = {} if route.action.kind == "deny" else {p.key: p for p in self._places(route.action)}
            for key, place in places.items():
                if key not in asked:
                    trees = [
                        self._asked(rule, place) for guard in self.policy.guards.values() for rule in _rules(guard)
                    ]
                    asked[key] = [
                        self._guards.setdefault(tree, Item("guard", len(self._guards), tree, possible=True))
                        for tree in trees
                        if not isinstance(tree, bool)
                    ]
            found.append(list(dict.fromkeys(item for key in places for item in asked[key])))
        return found

    def _places(self, action: Action) -> Iterator[Destination]:
        """What the destinations of a plan may be to a rule, by name; where none asks for that, each is one alone."""
        places = sorted(written(self.policy, action), key=lambda p: p.name)
        if not self._by_place:
            yield from (Destination(p.pool) for p in places)
            return
        for place in places:
            yield place
            if place.role in ("cascade", "fallback"):
                yield place.risen
            elif place.role == "primary" and action.others is not None:
                yield Destination(place.pool, "primary", frozenset(action.others) or None)

    @cached_property
    def _by_place(self) -> bool:
        return reading.by_place(r for g in self.policy.guards.values() for r in g.rules)

    def _asked(self, rule: Forbid | Obligation, place: Destination) -> Tree:
        """When a rule acts on a destination."""
        when = self.space.at(rule.when, place)
        if isinstance(rule, Obligation):
            return when
        what = self.space.at(rule.what, place)
        if isinstance(what, bool):
            return what and when
        if isinstance(when, bool):
            return when and what
        return Every((what, when))

    # ── Bits ──────────────────────────────────────────────────────────────

    def function(self) -> Fast:
        forms, found = self._boxes()
        boxes: list[Bit] = []
        owners: list[Item] = []
        residues: dict[int, Truth] = {}
        for item, made, whole in found:
            for box in made:
                if not whole:
                    residues[len(boxes)] = forms.truth(item.tree, possible=item.possible)
                item.places |= 1 << len(boxes)
                boxes.append(Bit(box, item.possible))
                owners.append(item)
        vectors = Vectors(self.space.dimensions, boxes)
        for place, coarse in vectors.asked.items():
            if place not in residues:
                bit = boxes[place]
                dimensions = [self.space.dimensions[d] for d in coarse]
                residues[place] = _all([lies(d, bit.box[d.index], possible=bit.possible) for d in dimensions])
        judge = Judge(self.machine, self.routes, owners, residues, self.guards, self.fired)
        taking = Taking(self.policy, self.space, forms)
        text = "def decide(given):\n" + "\n".join(f"    {line}" for line in self._text(taking, vectors, judge))
        try:
            code = compile(text, "<policy>", "exec")
        except (SyntaxError, RecursionError, MemoryError):
            return lambda _given: None  # a sum longer than Python's parser goes; the interpreter does not mind
        exec(code, taking.globals)  # noqa: S102  text made here; the policy's own words are constants beside it
        return taking.globals["decide"]  # type: ignore[no-any-return]  # the text's function

    def _boxes(self) -> tuple[Forms, list[tuple[Item, list[Box], bool]]]:
        """Every item from the lowest bits to the highest, with its boxes, and whether they say all of it."""
        items = [*self.low, *reversed(self.high)]
        for limit in LIMITS:
            forms = Forms(self.space, limit)
            found: list[tuple[Item, list[Box], bool]] = []
            for item in items:
                boxes = forms.boxes(item.tree)
                if boxes is None:
                    bound = forms.bound(item.tree)
                    found.append((item, [] if bound is None else [bound], False))
                else:
                    found.append((item, boxes, True))
            if limit == LIMITS[-1] or sum(len(made) for _, made, _ in found) <= max(MANY, 3 * len(items) // 2):
                return forms, found
        raise AssertionError(LIMITS)

    # ── The text ──────────────────────────────────────────────────────────

    def _text(self, taking: Taking, vectors: Vectors, judge: Judge) -> list[str]:
        names = taking.globals
        names |= {
            "every": vectors.all,
            "unsure": judge.unsure,
            "sole": judge.sole,
            "keys": judge.keys,
            "hard": judge.hard,
            "known": judge.known.get,
            "made": judge.made,
        }
        lines = taking.lines()
        fails = any(s.can_fail for s in self.policy.signals.values())
        for local, terms in zip("hl", self._chains(taking, vectors), strict=True):
            lines.append(f"{local} = every")
            lines += [f"{local} &= {' & '.join(terms[i : i + FEW])}" for i in range(0, len(terms), FEW)]
        cells = "".join(f"{taking.cell(d)}, " for d in self.space.dimensions)
        hard = f"return hard(h, l, u, ({cells}), given)"
        closer = [*(["u"] if fails else []), *(["h & l & unsure"] if judge.unsure else [])]
        if closer:
            lines.append(f"if {' or '.join(closer)}: {hard}")
        return [
            *lines,
            "w = sole[h.bit_length()]",
            f"if w < 0: {hard}",
            "k = w, h & keys[w] & l",
            "return known(k) or made(k, given)",
        ]

    def _chains(self, taking: Taking, vectors: Vectors) -> tuple[list[str], list[str]]:
        """The vectors of a request's cells: of dimensions that high bits depend on, and of all others, which are
        shorter."""
        high = sum(i.places for i in self.high)
        chains: tuple[list[str], list[str]] = [], []
        for dimension in self.space.dimensions:
            made = vectors.of.get(dimension.index)
            if made is None:
                continue
            matters = bool(vectors.naming[dimension.index] & high)
            if not matters:
                made = [v & ~high for v in made]
            if isinstance(dimension, Binary):
                letters = [f"{letter}{dimension.index}" for letter in "xyz"]
                taking.globals |= dict(zip(letters, made, strict=False))
                term = taking.choose(dimension, *letters)
            else:
                taking.globals[f"e{dimension.index}"] = made
                term = f"e{dimension.index}[{taking.cell(dimension)}]"
            chains[not matters].append(term)
        return chains


def _rules(guard: Guard) -> Sequence[Forbid | Obligation]:
    return [r for r in guard.rules if not isinstance(r, Denial)]


def _opposite(tree: Tree) -> Tree:
    return not tree if isinstance(tree, bool) else Neither(tree)


def _all(tests: Sequence[Truth]) -> Truth:
    def test(c: Cells, known: dict[object, bool]) -> bool:
        return all(each(c, known) for each in tests)

    return test
