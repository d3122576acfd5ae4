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
`tokens > 8k` no less useful to the reader. Parts of an `or` in a guard are WRP414, and a condition that no request
satisfies is WRP203.

To repair, correct the part, or remove it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.analysis.conflicts.reach import reach
from wrpc.analysis.sampled import Path, Sampling, part, parts, without
from wrpc.diagnostics import Code, finding
from wrpc.policy import reading
from wrpc.policy.expr import All, Any, Condition
from wrpc.policy.model import Policy, Route
from wrpc.source import Span
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term, Truth

CODE = Code("WRP211", "redundant-part", "warning", __doc__ or "")
LONGEST = 60  # of a part's text in a message

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
    for one in _written(policy, ask):
        suspects = [*sampling.unmoved(one.condition)] if any(True for _ in parts(one.condition)) else []
        for path in _redundant(ask, one, suspects):
            found = part(one.condition, path)
            yield finding(
                CODE,
                f"`{_text(found)}` changes nothing in the condition of {_named(one.subject)}: {_why(ask, one, path)}",
                found.span or one.at,
                subjects=(one.subject,),
                help="correct it, or remove it",
            )


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
            if rule.when is not None and not any(True for _ in reading.attributes(rule.when)):
                yield Written(f"guard {guard.name}", rule.when, rule.span, _not_false, guards=True)


def _true(truth: Truth) -> tuple[Term, ...]:
    return (truth.true,)


def _not_false(truth: Truth) -> tuple[Term, ...]:
    return (truth.false,)


def _both(truth: Truth) -> tuple[Term, ...]:
    return truth.true, truth.false


def _of(route: Route) -> Sets:
    return {"silent": _true, "fires": _not_false, "deny": _both}[route.on_unknown]


def _redundant(ask: Asker, one: Written, suspects: list[Path]) -> list[Path]:
    """Those that can go, all together: of two that say the same the second. Inside one of them no other."""
    left, found = one.condition, list[Path]()
    waiting = sorted(suspects, key=_last_first, reverse=True)
    asked: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in asked or any(path[: len(f)] == f for f in found):
            continue
        asked.add(path)
        around = part(left, path[:-1])
        assert isinstance(around, All | Any), "only an `and` or `or` has parts"
        if len(around.parts) > 1 and not (one.guards and len(path) == 1 and isinstance(left, Any)):
            if not found and _empty(ask, one):
                return []
            shorter = without(left, path)
            if ask.settled(lambda room, left=left, shorter=shorter: _differ(room, one, left, shorter)).impossible:  # type: ignore[misc]
                left = shorter
                found.append(path)
                continue
        # It is needed as a whole, now that others are gone; of what is in it nobody has looked at anything.
        waiting += sorted(parts(part(left, path), path), key=_last_first, reverse=True)
    return sorted(found)


def _last_first(path: Path) -> list[int]:
    return [-i for i in path]


def _empty(ask: Asker, one: Written) -> bool:
    """No request satisfies the condition: then nothing in it can be told from anything else."""
    from wrpc.solver.terms import negate

    return ask.settled(lambda room: negate(room.decision.encoding.condition(one.condition).false)).impossible


def _differ(room: Room, one: Written, a: Condition, b: Condition) -> Term:
    from wrpc.solver.terms import disj, negate, same

    encoding = room.decision.encoding
    pairs = zip(one.sets(encoding.condition(a)), one.sets(encoding.condition(b)), strict=True)
    return disj(negate(same(x, y)) for x, y in pairs)


def _why(ask: Asker, one: Written, path: Path) -> str:
    from wrpc.solver.terms import negate

    found = part(one.condition, path)
    both = isinstance(part(one.condition, path[:-1]), All)

    def otherwise(room: Room) -> Term:
        truth = room.decision.encoding.condition(found)
        return negate(truth.true if both else truth.false)

    if ask.settled(otherwise).impossible:
        return "every request satisfies it" if both else "no request satisfies it"
    return "the rest of it implies this part" if both else "the rest of it covers this part"


def _text(condition: Condition) -> str:
    text = " ".join(condition.span.text.split()) if condition.span is not None else "a part"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _named(subject: str) -> str:
    kind, _, name = subject.partition(" ")
    return f"{kind} `{name}`"
