"""A part of a condition that changes nothing.

Without it the condition holds for the same requests, whether or not a signal fails: the other parts of an `and` imply
it, the other parts of an `or` cover it, or it holds for every request, or for none. Often a bound or a name in it is
wrong, so that the condition says less than was meant.

Bad:

    signal tokens: int(0..100k) { source prompt_tokens }
    signal code: bool { source keywords("def") }
    pool small { }
    pool large { }
    route long_code { when code and tokens > 8k and tokens >= 1k  to large }
    #                                               ^^^^^^^^^^^^ WRP211
    default { to small }

Good:

    signal tokens: int(0..100k) { source prompt_tokens }
    signal code: bool { source keywords("def") }
    pool small { }
    pool large { }
    route long_code { when code and tokens > 8k and tokens <= 64k  to large }
    default { to small }

Each condition is looked at by itself, whatever routes there are: that an earlier route takes the short requests makes
`tokens > 8k` no less useful to the reader. A condition of more than a hundred parts is left alone where trying values
does not settle it. Parts of an `or` in a guard are WRP414, and a condition that no request satisfies is WRP203.

To repair, correct the part, or remove it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import reduce
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.analysis.conflicts.reach import reach
from wrpc.analysis.plain import all_matter
from wrpc.analysis.sampled import Path, Sample, Sampling, part, parts, unmoved, without
from wrpc.analysis.search import Seen, Unseen
from wrpc.diagnostics import Code, finding
from wrpc.policy import reading
from wrpc.policy.expr import All, Any, Condition, Not
from wrpc.policy.model import Policy, Route
from wrpc.policy.numbers import costly
from wrpc.source import Span
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term, Truth

CODE = Code("WRP211", "redundant-part", "warning", __doc__ or "")
LONGEST = 60  # of a part's text in a message
LARGEST = 100  # parts of a condition that the solver is asked about: each question has all of them in it
MOST = 64  # such questions about one condition

Sets = Callable[["Truth"], "tuple[Term, ...]"]


@value
class Written:
    """A condition as it stands somewhere. `sets`: the requests that it is asked for there."""

    subject: str
    condition: Condition
    at: Span
    sets: Sets
    guards: bool = False


def check(policy: Policy, ask: Asker) -> Found:
    sampling = Sampling(policy)
    seen: _Parts | None = None
    for one in _written(policy, ask):
        if not any(True for _ in parts(one.condition)) or all_matter(policy, one.condition, sampling.beyond):
            continue
        seen = seen or _Parts(ask.healthy)  # the samples are drawn for what is asked before
        if not costly(one.condition) and seen.all_matter(one.condition):
            continue
        asking = _Asking(ask, one, sampling.of(one.condition))
        for path in asking.redundant():
            found = part(one.condition, path)
            yield finding(
                CODE,
                f"`{_text(found)}` changes nothing in the condition of {_named(one.subject)}: {asking.why(path)}",
                found.span or one.at,
                subjects=(one.subject,),
                help="correct it, or remove it",
            )


class _Parts(Seen):
    """Without failures whatever is asked of a condition is whether it holds, but for a cost, which may be unknown."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._leaves: dict[Condition, int] = {}

    def all_matter(self, condition: Condition) -> bool:
        """Of each part some sample shows that it matters."""
        try:
            return self.full != 0 and not any(True for _ in unmoved(condition, self.full, self._value))
        except Unseen:
            return False

    def _value(self, node: Condition) -> int:
        match node:
            case All(inner):
                return reduce(operator.and_, map(self._value, inner), self.full)
            case Any(inner):
                return reduce(operator.or_, map(self._value, inner), 0)
            case Not(operand):
                return self.full & ~self._value(operand)
        if node not in self._leaves:
            self._leaves[node] = self.of(self.room.decision.encoding.condition(node).true)
        return self._leaves[node]


def _written(policy: Policy, ask: Asker) -> Iterator[Written]:
    for name, condition in policy.conditions.items():
        yield Written(f"let {name}", condition, policy.definitions[name].span, _both)
    for route in policy.routes.values():
        if route.when is not None and not reach(ask)[route.name].holds.impossible:
            yield Written(f"route {route.name}", route.when, route.span, _of(route))
    for workload in policy.workloads.values():
        if workload.when is not None:
            yield Written(f"workload {workload.name}", workload.when, workload.span, _true)
    for guard in policy.guards.values():
        for rule in guard.rules:
            if rule.when is not None and not reading.of_destination(rule.when):
                yield Written(f"guard {guard.name}", rule.when, rule.span, _not_false, guards=True)


def _true(truth: Truth) -> tuple[Term, ...]:
    return (truth.true,)


def _not_false(truth: Truth) -> tuple[Term, ...]:
    return (truth.false,)


def _both(truth: Truth) -> tuple[Term, ...]:
    return truth.true, truth.false


def _of(route: Route) -> Sets:
    return {"silent": _true, "fires": _not_false, "deny": _both}[route.on_unknown]


class _Asking:
    """Questions about one condition: to a sample of requests first, which may settle them, then to all requests."""

    def __init__(self, ask: Asker, one: Written, sample: Sample | None) -> None:
        self._ask = ask
        self._one = one
        self._sample = sample
        self._questions = 0
        self._settles = sample is not None and sample.whole and not (sample.can_fail and ask.can_fail)

    def redundant(self) -> list[Path]:
        """The parts that can go, all together: of two that say the same the second. Inside one of them no other."""
        left, found = self._one.condition, list[Path]()
        if not self._settles and sum(1 for _ in parts(left)) > LARGEST:
            return []
        suspects = self._sample.unmoved(left) if self._sample is not None else parts(left)
        waiting = sorted(suspects, key=_last_first, reverse=True)
        asked: set[Path] = set()
        while waiting and self._questions < MOST:
            path = waiting.pop()
            if path in asked or any(path[: len(f)] == f for f in found):
                continue
            asked.add(path)
            around = part(left, path[:-1])
            assert isinstance(around, All | Any), "only an `and` or `or` has parts"
            if len(around.parts) > 1 and not (self._one.guards and len(path) == 1 and isinstance(left, Any)):
                if not found and self._empty():
                    return []
                shorter = without(left, path)
                if self._same(left, shorter):
                    left = shorter
                    found.append(path)
                    continue
            # It is needed as a whole, now that others are gone; of what is in it nobody has looked at anything.
            waiting += sorted(parts(part(left, path), path), key=_last_first, reverse=True)
        return sorted(found)

    def why(self, path: Path) -> str:
        found = part(self._one.condition, path)
        both = isinstance(part(self._one.condition, path[:-1]), All)
        if self._settled(found, true=both):
            return "every request satisfies it" if both else "no request satisfies it"
        return "the rest of it implies this part" if both else "the rest of it covers this part"

    def _empty(self) -> bool:
        """No request satisfies the condition: then nothing in it can be told from anything else."""
        return self._settled(self._one.condition, true=False)

    def _settled(self, condition: Condition, *, true: bool) -> bool:
        """The condition is true of every request, or false."""
        from wrpc.solver.terms import negate

        if self._sample is not None:
            agrees = self._sample.always(condition) if true else self._sample.never(condition)
            if not agrees or self._settles:
                return agrees

        def otherwise(room: Room) -> Term:
            truth = room.decision.encoding.condition(condition)
            return negate(truth.true if true else truth.false)

        return self._ask.settled(otherwise).impossible

    def _same(self, a: Condition, b: Condition) -> bool:
        """Both hold for the same requests, as far as these are asked for where the condition stands."""
        from wrpc.solver.terms import disj, negate, same

        if self._sample is not None:
            agree = self._sample.same(a, b)
            if not agree or self._settles:
                return agree

        def differ(room: Room) -> Term:
            condition, sets = room.decision.encoding.condition, self._one.sets
            return disj(negate(same(x, y)) for x, y in zip(sets(condition(a)), sets(condition(b)), strict=True))

        self._questions += 1
        return self._ask.settled(differ).impossible


def _last_first(path: Path) -> list[int]:
    return [-i for i in path]


def _text(condition: Condition) -> str:
    text = " ".join(condition.span.text.split()) if condition.span is not None else "a part"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _named(subject: str) -> str:
    kind, _, name = subject.partition(" ")
    return f"{kind} `{name}`"
