"""The decision function of a policy, compiled to Python for the requests that come in numbers.

It answers what the plain interpreter answers, or None, and then the interpreter is asked: for failed signals, for
anything wrong with a request, and where two routes of one class hold. So it knows two truth values, one winner, and no
errors. All numbers are pairs of whole numerators and denominators, hence exact. A law holds it to the interpreter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any as Anything

from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Interpreter
from wrpc.decide.request import Request, default, read
from wrpc.override import override
from wrpc.policy.expr import (
    All,
    AnswerConfidence,
    Any,
    Attribute,
    Condition,
    Confidence,
    Constant,
    Cost,
    Failed,
    Fires,
    Has,
    Indicator,
    Interval,
    Linear,
    Meaning,
    Not,
    OneOf,
    Outcome,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    TextTerm,
    Within,
    fold,
)
from wrpc.policy.model import (
    Bool,
    Denial,
    Enum,
    Forbid,
    Group,
    Int,
    Obligation,
    Policy,
    Pool,
    Real,
    Route,
    Score,
    Set,
    Signal,
    String,
    plan,
)

Fast = Callable[[Mapping[str, object]], Decision | None]
Given = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number as Python expressions: numerator and denominator; the latter is positive, "1" for whole numbers."""

    top: str
    bottom: str = "1"


class Source(Meaning[str, Ratio]):
    """Expressions as Python text over local variables. Names in the text are numbers given here, never the policy's."""

    def __init__(self, policy: Policy, number: Mapping[str, int]) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self.lines: list[str] = []
        self.constants: list[object] = []
        self._number = number
        self._policy = policy
        self._pool: Pool | None = None

    def at(self, condition: Condition | None, pool: Pool | None = None) -> str:
        self._pool = pool
        return "True" if condition is None else fold(condition, self)

    # A named expression becomes a local variable, in the order in which they are first needed.
    @override
    def define(self, name: str, value: str) -> str:
        local = f"l{len(self.lines)}"
        self.lines.append(f"{local} = {value}")
        return local

    @override
    def define_number(self, name: str, value: Ratio) -> Ratio:
        top, bottom = f"l{len(self.lines)}", f"l{len(self.lines) + 1}"
        self.lines += [f"{top} = {value.top}", f"{bottom} = {value.bottom}"]
        return Ratio(top, "1" if value.bottom == "1" else bottom)

    def constant(self, node: Constant) -> str:
        return str(node.value)

    def fires(self, node: Fires) -> str:
        return f"f{self._number[node.signal]}"

    def within(self, node: Within, number: Ratio) -> str:
        return "(" + " or ".join(_inside(number, r) for r in node.ranges) + ")" if node.ranges else "False"

    def one_of(self, node: OneOf) -> str:
        return f"(v{self._number[node.signal]} in {self._constant(node.names)})"

    def has(self, node: Has) -> str:
        return f"({self._constant(node.member)} in v{self._number[node.signal]})"

    def text(self, node: Text) -> str:
        left, right = self._term(node.left), self._term(node.right)
        if left is None or right is None:
            return "False"
        match node.relation:
            case "equals":
                return f"({left} == {right})"
            case "before":
                return f"({left} < {right})"
            case _:
                return f"{left}.startswith({right})"

    @override
    def failed(self, node: Failed) -> str:  # no signal has failed here
        return "False"

    @override
    def negation(self, node: Not, operand: str) -> str:
        return f"(not {operand})"

    @override
    def all(self, node: All, parts: Sequence[str]) -> str:
        return "(" + " and ".join(parts) + ")" if parts else "True"

    @override
    def any(self, node: Any, parts: Sequence[str]) -> str:
        return "(" + " or ".join(parts) + ")" if parts else "False"

    def outcome(self, node: Outcome) -> str:
        raise NotImplementedError(node)  # claims are not decided

    def raw(self, node: Raw) -> Ratio:
        n = self._number[node.signal]
        return Ratio(f"n{n}") if isinstance(self._policy.signals[node.signal].type, Int) else Ratio(f"n{n}", f"d{n}")

    def confidence(self, node: Confidence) -> Ratio:
        n = self._number[node.signal]
        group = self._policy.group_of.get(node.signal)
        if group is not None and group.default == node.signal:
            return Ratio(f"(1 if f{n} else 0)")
        return Ratio(f"(n{n} if f{n} else 0)", f"d{n}")

    @override
    def indicator(self, node: Indicator, condition: str) -> Ratio:
        return Ratio(f"(1 if {condition} else 0)")

    def cost(self, node: Cost) -> Ratio:
        raise NotImplementedError(node)

    def answer_confidence(self, node: AnswerConfidence) -> Ratio:
        raise NotImplementedError(node)

    def linear(self, node: Linear, quantities: Sequence[Ratio]) -> Ratio:
        """Over one common denominator: the product of the terms' own and of the constants'."""
        constants = lcm(node.constant.denominator, *(c.denominator for c, _ in node.terms))
        bottoms = [q.bottom for q in quantities if q.bottom != "1"]
        bottom = "*".join([str(constants), *bottoms]) if constants != 1 or bottoms else "1"
        parts = []
        for (coefficient, _), q in zip(node.terms, quantities, strict=True):
            others = list(bottoms)
            if q.bottom != "1":
                others.remove(q.bottom)
            parts.append("*".join([str((coefficient * constants).numerator), q.top, *others]))
        if node.constant:
            parts.append("*".join([str((node.constant * constants).numerator), *bottoms]))
        top = " + ".join(parts) if parts else "0"
        return Ratio(f"({top})", f"({bottom})" if bottom != "1" else "1")

    def _term(self, term: TextTerm) -> str | None:
        match term:
            case StringLiteral(value):
                return self._constant(value)
            case StringSignal(name):
                return f"v{self._number[name]}"
            case Attribute(name):
                found = self._pool.attribute(name) if self._pool is not None else None
                return None if found is None else self._constant(found)

    def _constant(self, value: object) -> str:
        if value not in self.constants:
            self.constants.append(value)
        return f"c{self.constants.index(value)}"


def _inside(number: Ratio, r: Interval) -> str:
    parts = []
    for bound, closed, opened, is_open in ((r.low, ">=", ">", r.low_open), (r.high, "<=", "<", r.high_open)):
        if bound is not None:
            left = number.top if bound.denominator == 1 else f"{number.top}*{bound.denominator}"
            right = str(bound.numerator) if number.bottom == "1" else f"{bound.numerator}*{number.bottom}"
            parts.append(f"{left} {opened if is_open else closed} {right}")
    return "(" + " and ".join(parts) + ")" if parts else "True"


def fast(machine: Interpreter) -> Fast:
    """The compiled decision function of a policy."""
    return _Compiler(machine).function()


class _Compiler:
    def __init__(self, machine: Interpreter) -> None:
        self.machine = machine
        self.policy = machine.policy
        self.number = {name: i for i, name in enumerate(self.policy.signals)}
        self.source = Source(self.policy, self.number)
        self.globals: dict[str, Anything] = {"Decimal": Decimal, "Fraction": Fraction}

    def function(self) -> Fast:
        body = [*self._request(), *self._groups()]
        rest = [*self._assumptions(), *self._denials(), *self._routes()]
        lines = [*body, *self.source.lines, *rest]
        text = "def key(given):\n" + "\n".join(f"    {line}" for line in lines)
        for i, value in enumerate(self.source.constants):
            self.globals[f"c{i}"] = value
        try:
            code = compile(text, "<policy>", "exec")
        except (SyntaxError, RecursionError, MemoryError):
            return lambda _given: None  # nested deeper than Python's parser goes; the interpreter does not mind
        exec(code, self.globals)  # noqa: S102  text made here; the policy's own words are constants beside it
        return _Cached(self.machine, self.globals["key"], self._bits()).decide

    # ── Reading the request ───────────────────────────────────────────────

    def _request(self) -> list[str]:
        """A local for each signal's value; None is returned for whatever the interpreter has to look at."""
        self.globals["names"] = frozenset(self.policy.signals)
        lines = ["if not given.keys() <= names: return None", "get = given.get"]
        for signal in self.policy.signals.values():
            lines += self._value(signal, self.number[signal.name])
        return lines

    def _value(self, signal: Signal, n: int) -> list[str]:
        self.globals[f"k{n}"] = signal.name
        absent = default(signal)
        match signal.type:
            case Bool():
                return [f"f{n} = get(k{n}, False)", f"if f{n} is not True and f{n} is not False: return None"]
            case Int(low, high):
                assert isinstance(absent, Fraction), "a number's default is one"
                return [
                    f"n{n} = get(k{n}, {int(absent)})",
                    f"if n{n}.__class__ is not int or not {low} <= n{n} <= {high}: return None",
                ]
            case Real(low, high) | Score(low, high):
                self.globals[f"a{n}"] = _number(absent)
                lines = [
                    f"x = get(k{n}, a{n})",
                    f"if x.__class__ is int: n{n} = x; d{n} = 1",
                    "elif x.__class__ is Decimal and x.is_finite() and -60 < x.adjusted() < 60:",
                    f"    n{n}, d{n} = x.as_integer_ratio()",
                    f"elif x.__class__ is Fraction: n{n} = x.numerator; d{n} = x.denominator",
                    "else: return None",
                    f"if not {low.numerator}*d{n} <= n{n}*{low.denominator}: return None",
                    f"if not n{n}*{high.denominator} <= {high.numerator}*d{n}: return None",
                ]
                if isinstance(signal.type, Score):
                    threshold = signal.type.threshold
                    over = ">" if signal.type.above else ">="
                    fires = (
                        "False"
                        if threshold is None
                        else f"n{n}*{threshold.denominator} {over} {threshold.numerator}*d{n}"
                    )
                    lines.append(f"f{n} = {fires}")
                return lines
            case Enum(names):
                self.globals[f"a{n}"], self.globals[f"m{n}"] = absent, frozenset(names)
                return [f"v{n} = get(k{n}, a{n})", f"if v{n}.__class__ is not str or v{n} not in m{n}: return None"]
            case Set(names):
                self.globals[f"a{n}"], self.globals[f"m{n}"] = absent, frozenset(names)
                return [
                    f"v{n} = get(k{n}, a{n})",
                    f"if v{n} is not a{n}:",
                    f"    if v{n}.__class__ is not list and v{n}.__class__ is not frozenset: return None",
                    f"    if not all(x.__class__ is str and x in m{n} for x in v{n}): return None",
                ]
            case String():
                return [f"v{n} = get(k{n}, '')", f"if v{n}.__class__ is not str: return None"]
        raise AssertionError(signal.type)

    def _groups(self) -> list[str]:
        return [line for group in self.policy.groups.values() for line in self._group(group)]

    def _group(self, group: Group) -> list[str]:
        others = [f"f{self.number[m]}" for m in group.members if m != group.default]
        lines = [f"t = {' + '.join(others)}", "if t > 1: return None"]
        if group.default is not None:
            lines.append(f"f{self.number[group.default]} = not t")
        return lines

    def _assumptions(self) -> list[str]:
        return [f"if not {self.source.at(a.condition)}: return None" for a in self.policy.assumptions.values()]

    # ── Deciding ──────────────────────────────────────────────────────────

    def _bits(self) -> list[str]:
        """Signals that may be in `fired`, in the order of the mask's bits."""
        return [s.name for s in self.policy.signals.values() if isinstance(s.type, Bool | Score)]

    def _mask(self) -> str:
        bits = [f"f{self.number[name]}" for name in self._bits()]
        return " | ".join(f"{b} << {i}" for i, b in enumerate(bits)) or "0"

    def _denials(self) -> list[str]:
        """An early denial: the interpreter's first, so that its reason is the same."""
        mask = self._mask()
        lines, i = [], 0
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                if isinstance(rule, Denial):
                    lines.append(f"if {self.source.at(rule.when)}: return ({mask}, -1, {i})")
                    i += 1
        return lines

    def _routes(self) -> list[str]:
        mask = self._mask()
        lines = []
        routes = [r for c in self.policy.ranked for r in c]
        index = {r.name: i for i, r in enumerate(routes)}
        for rivals in self.policy.ranked:
            if len(rivals) == 1:
                route = rivals[0]
                lines.append(
                    f"if {self.source.at(route.when)}: return ({mask}, {index[route.name]}, {self._guards(route)})"
                )
                continue
            hits = [f"h{index[r.name]}" for r in rivals]
            lines += [f"{h} = {self.source.at(r.when)}" for h, r in zip(hits, rivals, strict=True)]
            lines += [f"t = {' + '.join(hits)}", "if t > 1: return None", "if t:"]
            for h, route in zip(hits, rivals, strict=True):
                lines.append(f"    if {h}: return ({mask}, {index[route.name]}, {self._guards(route)})")
        default_key = "0" if self.policy.default is None else self._guards(self.policy.default)
        lines.append(f"return ({mask}, {len(routes)}, {default_key})")
        return lines

    def _guards(self, route: Route) -> str:
        """A tuple of what the guards' conditions are for this route's plan: they settle what is left and owed."""
        parts: list[str] = []
        pools = sorted({p.pool for p in plan(route.action)})
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                for name in pools:
                    pool = self.policy.pools[name]
                    if isinstance(rule, Forbid):
                        parts.append(f"({self.source.at(rule.what, pool)} and {self.source.at(rule.when, pool)})")
                    elif isinstance(rule, Obligation):
                        parts.append(self.source.at(rule.when, pool))
        varying = list(dict.fromkeys(p for p in parts if p not in ("True", "False")))
        return "(" + "".join(f"{p}, " for p in varying) + ")"


class _Cached:
    """Decisions by what settles them. The first of each comes from the interpreter."""

    def __init__(
        self, machine: Interpreter, key: Callable[[Given], tuple[int, int, object] | None], bits: list[str]
    ) -> None:
        self._machine = machine
        self._key = key
        self._bits = bits
        self._decisions: dict[tuple[int, object], Decision] = {}
        self._whole: dict[tuple[int, int, object], Decision] = {}

    def decide(self, given: Mapping[str, object]) -> Decision | None:
        key = self._key(given)
        if key is None:
            return None
        found = self._whole.get(key)
        if found is None:
            mask, index, guards = key
            settled = self._decisions.get((index, guards))
            if settled is None:
                settled = self._machine.decision(read(self._machine.policy, given))[0]
                self._decisions[index, guards] = settled
            fired = tuple(sorted(name for i, name in enumerate(self._bits) if mask >> i & 1))
            found = replace(settled, fired=fired)
            if len(self._whole) < MOST:
                self._whole[key] = found
        return found


MOST = 100_000  # whole decisions kept: by then a policy's every combination that matters has come by


def _number(value: object) -> object:
    assert isinstance(value, Fraction), "a number's default is one"
    return value.numerator if value.denominator == 1 else value


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
    return {name: _number(v) if isinstance(v, Fraction) else v for name, v in request.items()}
