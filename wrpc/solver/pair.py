"""Two requests of one model: the reference's variables as they are, and read as if nothing had failed."""

from __future__ import annotations

from collections.abc import Mapping

import z3

from wrpc.decide.request import RequestValue
from wrpc.policy.model import Policy
from wrpc.solver.decision import Encoded
from wrpc.solver.encode import Encoding
from wrpc.solver.reference import Reference
from wrpc.solver.room import Answer
from wrpc.solver.seconds import Confirm, Hidden, Pairs, both
from wrpc.solver.session import Result, Session, request
from wrpc.solver.space import Space
from wrpc.solver.terms import Term, conj, disj, negate


class Pair(Reference):
    """The reference with failures, and a second reading of its variables without."""

    def __init__(self, policy: Policy, resources: int) -> None:
        super().__init__(policy, failures=True, resources=resources)
        self._known = Space(policy, failures=False)
        self._both = self._session = _Both(self.space, self._known, resources)
        self.known = Encoded(policy, Encoding(policy, self._known), self.define)
        # The second request is one of the space as well.
        axioms = Encoding(policy, self._known, meanings=False)
        for assumption in policy.assumptions.values():
            self._known.axioms.append(negate(axioms.condition(assumption.condition).false))

    def answer(self, pairs: Pairs, confirm: Confirm) -> Hidden:
        term = disj(conj(pair) for pair in pairs(self.decision, self.known))
        verdict, found, values = self._both.both(term)
        if found is None:
            return Hidden(Answer(verdict, why=self._both.why), {})
        simple = self._simplest(found, lambda replay: both(replay, values, confirm))
        replay = self.replay(simple)
        if not both(replay, values, confirm):
            why = "the solver's requests are none for the interpreter; please report this"
            return Hidden(Answer("open", why=why), {})
        return Hidden(Answer("possible", simple), {n: values[n] for n, v in simple.items() if v is None})


class _Both(Session):
    def __init__(self, space: Space, known: Space, resources: int) -> None:
        super().__init__(space, resources)
        self._known = known

    def both(self, term: Term) -> tuple[Result, dict[str, RequestValue] | None, Mapping[str, RequestValue]]:
        """As `ask`, with the second request as well."""
        if term is False:
            return "impossible", None, {}
        for a, b in ((self._space, self._known), (self._known, self._space)):
            for name in list(a.variables):
                b.of(name)
        self._known.constrain_groups()
        self._catch_up()
        self._solver.push()
        try:
            self.add(conj([term, *self._known.axioms]))
            verdict = self._solver.check()
            if verdict == z3.unsat:
                return "impossible", None, {}
            if verdict == z3.unknown:
                self.why = f"the solver gives up: {self._solver.reason_unknown()}"
                return "open", None, {}
            model = self._solver.model()
            return "possible", request(self._space, model), request(self._known, model)
        finally:
            self._solver.pop()
