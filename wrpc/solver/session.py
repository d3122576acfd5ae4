"""An incremental solver over a request space: the axioms are asserted as they come, each question within a push."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import z3

from wrpc.decide.request import RequestValue, unread
from wrpc.policy.model import Bool, Enum, Int, Set, String
from wrpc.solver.alone import Context
from wrpc.solver.space import Space, Variables
from wrpc.solver.stats import answered
from wrpc.solver.terms import Term

Result = Literal["impossible", "possible", "open"]


class Session:
    """Several sessions may share one space: a term is encoded once and asked in each."""

    def __init__(self, space: Space, resources: int) -> None:
        self._space = space
        self._solver = Context(resources).solver()
        self._seen = 0
        self.why = ""

    def add(self, term: Term) -> None:
        """Assert for good."""
        if term is not True:
            self._solver.add(term)

    def ask(self, term: Term) -> tuple[Result, dict[str, RequestValue] | None]:
        """Whether the term holds for a request, and one for which it does; `why` says why it is open."""
        if term is False:
            return "impossible", None
        self._catch_up()
        answered("z3")
        self._solver.push()
        try:
            self.add(term)
            verdict = self._solver.check()
            if verdict == z3.unsat:
                return "impossible", None
            if verdict == z3.unknown:
                self.why = f"the solver gives up: {self._solver.reason_unknown()}"
                return "open", None
            return "possible", request(self._space, self._solver.model())
        finally:
            self._solver.pop()

    def settle(self, term: Term) -> Result:
        """As `ask`, where nobody wants to see the request."""
        if term is False:
            return "impossible"
        self._catch_up()
        answered("z3")
        self._solver.push()
        try:
            self.add(term)
            verdict = self._solver.check()
            if verdict == z3.unknown:
                self.why = f"the solver gives up: {self._solver.reason_unknown()}"
                return "open"
            return "impossible" if verdict == z3.unsat else "possible"
        finally:
            self._solver.pop()

    def blamed(self, term: Term, parts: Sequence[Term], most: int = 12) -> list[int]:
        """Few of the parts, by index, that together make the term impossible; none where they do not. The parts are
        names or negated names. Where they are many, none is left out to see whether the rest suffice."""
        self._catch_up()
        answered("z3")
        self._solver.push()
        try:
            self.add(term)
            named = [i for i, p in enumerate(parts) if not isinstance(p, bool)]
            if self._solver.check(*(parts[i] for i in named)) != z3.unsat:
                return []
            core = [named[i] for i in self._solver.blamed([parts[i] for i in named])]
            for i in reversed(core) if len(core) <= most else ():
                rest = [j for j in core if j != i]
                if self._solver.check(*(parts[j] for j in rest)) == z3.unsat:
                    core = rest
            return core
        finally:
            self._solver.pop()

    def _catch_up(self) -> None:
        self._space.constrain_groups()
        for axiom in self._space.axioms[self._seen :]:
            self.add(axiom)
        self._seen = len(self._space.axioms)


# ── Requests of models ────────────────────────────────────────────────────


def request(space: Space, model: z3.ModelRef) -> dict[str, RequestValue]:
    """The request of a model; signals that no question has read are absent."""
    return {
        name: valued(space.variables[name], model) if name in space.variables else value
        for name, value in unread(space.policy).items()
    }


def valued(v: Variables, model: z3.ModelRef, *, real: bool = False) -> RequestValue:
    """The value of a signal; None where it failed, unless what it would be is asked for."""

    def true(term: Term) -> bool:
        return bool(z3.is_true(model.eval(term, model_completion=True)))

    if not real and v.failed is not False and true(v.failed):
        return None
    match v.signal.type:
        case Bool():
            return true(v.value)
        case Int():
            return Fraction(model.eval(v.value, model_completion=True).as_long())
        case Enum(names):
            return next(n for n in names if true(v.members[n]))
        case Set(names):
            return frozenset(n for n in names if true(v.members[n]))
        case String():
            if v.cells is not None:
                return v.cells.example(model.eval(v.value, model_completion=True).as_long())
            return _text(str(model.eval(v.value, model_completion=True).as_string()))
        case _:
            found = model.eval(v.value, model_completion=True)
            return Fraction(found.numerator_as_long(), found.denominator_as_long())


def _text(written: str) -> str:
    """Z3 writes what is not printable ASCII as `\\u{…}`."""
    parts = written.split("\\u{")
    text = parts[0]
    for part in parts[1:]:
        digits, _, rest = part.partition("}")
        text += chr(int(digits, 16)) + rest
    return text
