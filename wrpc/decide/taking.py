"""A request taken apart: Python text that puts it into the cells of a policy's dimensions.

The text returns None for whatever the interpreter has to look at: anything wrong with a request, and the few failures
that it does not know what to do with. All numbers are pairs of whole numerators and denominators, hence exact. Names in
the text are numbers given here, never the policy's; what the policy says is constants beside it.

Locals, by the number of a signal: `f` whether it fires (2: unknown), `n` and `d` its number, `v` its string, name or
set; `u` has the bit of each signal that failed. By the number of a dimension, `i` is its cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, inf, lcm
from typing import Any

from wrpc.decide.boxes import Forms
from wrpc.decide.dimensions import (
    Basic,
    Dimension,
    Every,
    Failure,
    Firing,
    Let,
    Line,
    Membership,
    Name,
    Neither,
    Number,
    Relation,
    Some,
    Test,
)
from wrpc.decide.evaluate import RELATIONS
from wrpc.decide.request import default
from wrpc.decide.space import Space, read
from wrpc.policy.expr import StringLiteral, StringSignal
from wrpc.policy.model import Bool, Enum, Group, Int, Policy, Real, Score, Set, Signal, String

UNKNOWN = 2  # of what fires: neither false nor true
FAR = 10**100  # numbers beyond are no floats, or lose too much as such


class Taking:
    """`lines` takes a request apart, `cell` says what the cell of a dimension is then, `pick` chooses by it."""

    def __init__(self, policy: Policy, space: Space, forms: Forms) -> None:
        self.policy = policy
        self.space = space
        self.forms = forms
        self.number = {name: i for i, name in enumerate(policy.signals)}
        self.globals: dict[str, Any] = {"Decimal": Decimal, "Fraction": Fraction, "bisect": bisect_right}
        self.globals["left"] = bisect_left
        self.rigid = False
        """Whether a sum counts a condition that is more than one test: where anything fails, it is not taken."""

    def lines(self) -> list[str]:
        self.globals["names"] = frozenset(self.policy.signals)
        lines = ["if not given.keys() <= names: return None", "get = given.get", "u = 0"]
        for signal in self.policy.signals.values():
            lines += self._value(signal, self.number[signal.name])
        for group in self.policy.groups.values():
            lines += self._group(group)
        sums = [line for d in self.space.dimensions for line in self._placed(d)]
        if self.rigid:
            lines.append("if u: return None")
        return lines + sums

    # ── Values ────────────────────────────────────────────────────────────

    def _value(self, signal: Signal, n: int) -> list[str]:
        self.globals[f"k{n}"] = signal.name
        absent = default(signal)
        match signal.type:
            case Bool():
                meaning = {"fires": "True", "silent": "False"}.get(signal.on_error or "", str(UNKNOWN))
                return [
                    f"f{n} = get(k{n}, {absent})",
                    f"if f{n} is not True and f{n} is not False:",
                    *_failing(signal, n, f"f{n}", f"f{n} = {meaning}"),
                ]
            case Int(low, high):
                assert isinstance(absent, Fraction), "a number's default is one"
                return [
                    f"n{n} = get(k{n}, {int(absent)})",
                    f"if n{n}.__class__ is not int or not {low} <= n{n} <= {high}:",
                    *_failing(signal, n, f"n{n}"),
                ]
            case Real(low, high) | Score(low, high):
                return self._ratio(signal, n, low, high, absent)
            case Enum(names):
                self.globals[f"a{n}"], self.globals[f"m{n}"] = absent, frozenset(names)
                return [
                    f"v{n} = get(k{n}, a{n})",
                    f"if v{n}.__class__ is not str or v{n} not in m{n}:",
                    *_failing(signal, n, f"v{n}"),
                ]
            case Set(names):
                self.globals[f"a{n}"], self.globals[f"m{n}"] = absent, frozenset(names)
                return [
                    f"v{n} = get(k{n}, a{n})",
                    f"if v{n} is not a{n} and (v{n}.__class__ is not list and v{n}.__class__ is not frozenset",
                    f"        or not all(x.__class__ is str and x in m{n} for x in v{n})):",
                    *_failing(signal, n, f"v{n}"),
                ]
            case String():
                self.globals[f"a{n}"] = absent
                return [f"v{n} = get(k{n}, a{n})", f"if v{n}.__class__ is not str:", *_failing(signal, n, f"v{n}")]
        raise AssertionError(signal.type)

    def _ratio(self, signal: Signal, n: int, low: Fraction, high: Fraction, absent: object) -> list[str]:
        assert isinstance(absent, Fraction), "a number's default is one"
        self.globals[f"a{n}"] = absent.numerator if absent.denominator == 1 else absent
        score = signal.type if isinstance(signal.type, Score) else None
        failed = [f"n{n} = d{n} = None", *([] if score is None else [f"f{n} = {_unknown(score)}"])]
        meaning = {"fires": 1, "silent": 0}.get(signal.on_error or "")
        if meaning is not None:
            failed = [f"n{n} = {meaning}; d{n} = 1"]
            failed += [] if score is None else [f"f{n} = {score.fires(Fraction(meaning))}"]
        fires = []
        if score is not None and score.threshold is None:
            fires = [f"f{n} = False"]
        elif score is not None and score.threshold is not None:
            least, over = score.threshold, ">" if score.above else ">="
            left = f"n{n}" if least.denominator == 1 else f"n{n}*{least.denominator}"
            fires = [f"f{n} = {left} {over} {_times(least.numerator, f'd{n}')}"]
        lines = [
            f"x = get(k{n}, a{n})",
            "if x.__class__ is float and x - x == 0: x = Decimal(repr(x))",
            f"if x.__class__ is int: n{n} = x; d{n} = 1",
            "elif x.__class__ is Decimal and x.is_finite() and -60 < x.adjusted() < 60:",
            f"    n{n}, d{n} = x.as_integer_ratio()",
            f"elif x.__class__ is Fraction: n{n} = x.numerator; d{n} = x.denominator",
        ]
        if signal.can_fail:
            lines += [f"elif x is None: u |= {1 << n}; d{n} = 0"]
        lines.append("else: return None")
        inside = [
            f"if not {_times(low.numerator, f'd{n}')} <= {_times(low.denominator, f'n{n}')}: return None",
            f"if not {_times(high.denominator, f'n{n}')} <= {_times(high.numerator, f'd{n}')}: return None",
            *fires,
        ]
        if not signal.can_fail:
            return lines + inside
        return [
            *lines,
            f"if d{n}:",
            *(f"    {line}" for line in inside),
            "else:",
            *(f"    {line}" for line in failed),
        ]

    # ── Groups ────────────────────────────────────────────────────────────

    def _group(self, group: Group) -> list[str]:
        """At most one member fires. Where one of them failed, `settle` does what the interpreter does."""
        others = [m for m in group.members if m != group.default]
        fires = [f"f{self.number[m]}" for m in others]
        default = [] if group.default is None else [f"f{self.number[group.default]}"]
        count = f"({''.join(f'{f}, ' for f in fires)}).count(True)" if len(fires) > 9 else " + ".join(fires) or "0"
        lines = [f"t = {count}", "if t > 1: return None", *(f"{d} = not t" for d in default)]
        if not any(self.policy.signals[m].can_fail for m in others):
            return lines
        self.globals["settle"] = settle
        mask = sum(1 << self.number[m] for m in others)
        bits = ", ".join(str(1 << self.number[m]) for m in others)
        told, rest = ", ".join(fires), ["t"]
        return [
            f"if u & {mask}:",
            f"    t = settle(({told},), ({bits},), u)",
            "    if t is None: return None",
            f"    {', '.join([*fires, *(default or rest)])}, = t",
            "else:",
            *(f"    {line}" for line in lines),
        ]

    # ── Cells ─────────────────────────────────────────────────────────────

    def cell(self, dimension: Dimension) -> str:
        """The cell as an expression, once `lines` have run."""
        match dimension:
            case Firing(signal=signal):
                return f"f{self.number[signal]}"
            case Failure(signal=signal):
                return f"(u >> {self.number[signal]} & 1)"
            case Membership() | Relation():
                return self.choose(dimension, "0", "1", str(dimension.size))
            case _:
                return f"i{dimension.index}"

    def choose(self, dimension: Dimension, no: str, yes: str, unknown: str) -> str:
        """One of three expressions, by what a dimension of two cells says."""
        match dimension:
            case Firing(signal=signal):
                f = f"f{self.number[signal]}"
                return f"({yes} if {f} is True else {no} if {f} is False else {unknown})" if dimension.fallible else (
                    f"({yes} if {f} else {no})"
                )  # fmt: skip
            case Failure():
                return f"({yes} if {self.cell(dimension)} else {no})"
            case Membership(signal=signal, member=member):
                v = f"v{self.number[signal]}"
                name = f"w{dimension.index}"
                self.globals[name] = member
                nothing = f"{unknown} if {v} is None else " if dimension.fallible else ""
                return f"({nothing}{yes} if {name} in {v} else {no})"
            case Relation(left=left, right=right):
                terms = [self._term(t, f"w{dimension.index}{side}") for t, side in ((left, "l"), (right, "r"))]
                signals = [t for t in terms if t.startswith("v")]
                self.globals[f"r{dimension.index}"] = RELATIONS[dimension.relation]
                held = f"r{dimension.index}({terms[0]}, {terms[1]})"
                none = " or ".join(f"{s} is None" for s in signals)
                nothing = f"{unknown} if {none} else " if dimension.fallible else ""
                return f"({nothing}{yes} if {held} else {no})"
        raise AssertionError(dimension)

    def _term(self, term: object, name: str) -> str:
        if isinstance(term, StringSignal):
            return f"v{self.number[term.name]}"
        assert isinstance(term, StringLiteral), "an undeclared attribute is in no dimension"
        self.globals[name] = term.value
        return name

    def _placed(self, dimension: Dimension) -> list[str]:
        """Lines that put the cell of a dimension of many into its local."""
        i = dimension.index
        match dimension:
            case Name(signal=signal, place=place):
                self.globals[f"g{i}"] = {**place, None: dimension.size}
                return [f"i{i} = g{i}[v{self.number[signal]}]"]
            case Line(signal=signal, words=words):
                v = f"v{self.number[signal]}"
                self.globals[f"g{i}"] = {**{w: 2 * k for k, w in enumerate(words)}, None: dimension.size}
                self.globals[f"b{i}"] = words
                return [
                    f"i{i} = g{i}.get({v})",
                    f"if i{i} is None: i{i} = 2 * bisect(b{i}, {v}) - 1",
                ]
            case Number():
                lines = self._counted(dimension)
                if not dimension.fallible:
                    return lines
                # One that is not known makes all of it unknown.
                none = " or ".join(dict.fromkeys(n for _, b in dimension.terms if (n := self._doubt(b)) is not None))
                head = f"if u and ({none}): i{i} = {dimension.size}" if none else "if False: pass"
                return [head, "else:", *(f"    {line}" for line in lines)]
            case _:
                return []

    def _doubt(self, basic: Basic) -> str | None:
        """When a part of a sum is unknown."""
        match basic.kind, basic.of:
            case "raw", str(signal):
                return f"n{self.number[signal]} is None" if self.policy.signals[signal].can_fail else None
            case "confidence", str(signal):
                return f"f{self.number[signal]} == {UNKNOWN}"
            case _, Test(index) if isinstance(self.space.dimensions[index], Firing):
                return f"{self.cell(self.space.dimensions[index])} == {UNKNOWN}"
            case _:
                return None

    def _counted(self, dimension: Number) -> list[str]:
        """Lines for a number that is known: exactly, over one common denominator."""
        i, points = dimension.index, dimension.points
        parts = [self._part(b) for _, b in dimension.terms]
        scale = lcm(*(f.denominator for f, _ in dimension.terms))
        bottoms = [bottom for _, bottom in parts if bottom]
        tops = []
        for k, ((factor, _), (top, bottom)) in enumerate(zip(dimension.terms, parts, strict=True)):
            others = [b for j, (_, b) in enumerate(parts) if b and j != k]
            assert bottom or len(others) == len(bottoms), "only what has a denominator leaves its own out"
            coefficient = (factor * scale).numerator
            tops.append("*".join([*([] if coefficient == 1 else [str(coefficient)]), top, *others]))
        top = " + ".join(tops)
        if not bottoms:
            return self._whole(i, top, [p * scale for p in points])
        bottom = "*".join([*([] if scale == 1 else [str(scale)]), *bottoms])
        self.globals[f"s{i}"] = steps(points)
        greatest = sum(abs(f) for f, _ in dimension.terms) * self._greatest
        if max([greatest, *map(abs, points)]) > FAR:
            return [f"i{i} = s{i}(0, {top}, {bottom})"]
        self.globals[f"b{i}"] = [*(p.numerator / p.denominator for p in points), inf]
        return [
            f"t = {top}; b = {bottom}; x = t / b",
            f"i{i} = left(b{i}, x)",
            f"if b{i}[i{i}] == x: i{i} = s{i}(i{i}, t, b)",
            f"else: i{i} += i{i}",
        ]

    @cached_property
    def _greatest(self) -> Fraction:
        """No number of a request is farther from 0."""
        found = [Fraction(1)]
        for signal in self.policy.signals.values():
            if isinstance(signal.type, (Int, Real, Score)):
                found += [abs(Fraction(signal.type.low)), abs(Fraction(signal.type.high))]
        return max(found)

    def _whole(self, i: int, top: str, points: Sequence[Fraction]) -> list[str]:
        """A whole number: its place among the whole numbers at which a cell begins."""
        starts: list[int] = []
        cells = [0]
        for k, point in enumerate(points):
            here = [(ceil(point), 2 * k + 1)] if point.denominator == 1 else []
            for start, cell in (*here, (floor(point) + 1, 2 * k + 2)):
                if starts and starts[-1] == start:
                    cells[-1] = cell
                else:
                    starts.append(start)
                    cells.append(cell)
        self.globals[f"b{i}"], self.globals[f"g{i}"] = starts, cells
        return [f"i{i} = g{i}[bisect(b{i}, {top})]"]

    def _part(self, basic: Basic) -> tuple[str, str]:
        """Numerator and denominator; no denominator for a whole number."""
        match basic.kind, basic.of:
            case "raw", str(signal):
                n = self.number[signal]
                return (f"n{n}", "") if isinstance(self.policy.signals[signal].type, Int) else (f"n{n}", f"d{n}")
            case "confidence", str(signal):
                n = self.number[signal]
                group = self.policy.group_of.get(signal)
                if group is not None and group.default == signal:
                    return f"f{n}", ""
                # What does not fire has no confidence; its number may be unknown.
                return f"(n{n} if f{n} else 0)", f"(d{n} or 1)" if self.policy.signals[signal].can_fail else f"d{n}"
            case "one", tree:
                return self._one(tree), ""
        raise AssertionError(basic)

    def _one(self, tree: object) -> str:
        if isinstance(tree, Test) and isinstance(self.space.dimensions[tree.dimension], Firing):
            return self.cell(self.space.dimensions[tree.dimension])
        assert isinstance(tree, (bool, Test, Neither, Every, Some, Let)), "what is counted is a condition"
        if any(s.can_fail for s in self.policy.signals.values()):
            self.rigid = True
        # Asked rarely enough that the tests of a residue will do.
        name = f"q{len(self.globals)}"
        self.globals[name] = self.forms.truth(tree)
        asked = sorted(read(tree, self.space.lets))
        cells = ", ".join(f"{d}: {self.cell(self.space.dimensions[d])}" for d in asked)
        return f"{name}({{{cells}}}, {{}})"


def _failing(signal: Signal, n: int, local: str, then: str = "") -> list[str]:
    """What is done with a value that is none of the signal's."""
    if not signal.can_fail:
        return ["    return None"]
    lines = [f"    if {local} is not None: return None", f"    u |= {1 << n}"]
    return [*lines, f"    {then}"] if then else lines


def _unknown(score: Score) -> str:
    return "False" if score.threshold is None else str(UNKNOWN)


def _times(factor: int, local: str) -> str:
    return "0" if factor == 0 else local if factor == 1 else f"{factor}*{local}"


def steps(points: Sequence[Fraction]) -> Callable[[int, int, int], int]:
    """The cell of a ratio among points, from the first of them on that may not lie below it."""
    pairs = [(p.numerator, p.denominator) for p in points]

    def cell(first: int, top: int, bottom: int) -> int:
        for k in range(first, len(pairs)):
            over, under = pairs[k]
            held = top * under - over * bottom
            if held <= 0:
                return 2 * k + (held == 0)
        return 2 * len(pairs)

    return cell


def settle(fires: tuple[int, ...], bits: tuple[int, ...], failed: int) -> tuple[int, ...] | None:
    """What fires in an exclusive group of which members failed, and last whether its default does; see `state.py`."""
    really = [k for k, (f, b) in enumerate(zip(fires, bits, strict=True)) if f is True and not failed & b]
    if len(really) > 1:
        return None
    winner = next(iter(really), next((k for k, f in enumerate(fires) if f is True), None))
    if winner is not None:
        return (*(k == winner for k in range(len(fires))), False)
    return (*fires, UNKNOWN if UNKNOWN in fires else True)
