"""What every check is made of: a code whose page is its module's docstring, and findings with replayed witnesses.

A check is a module with `CODE` and `check(policy, ask)`. It asks `ask` whether a term can be true of a request and
says how the interpreter confirms it; it holds no solver, cache or limit, so that faster ways to answer stay possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from wrpc.diagnostics import Code, Diagnostic, Proof, Related, Severity, finding
from wrpc.policy.expr import Condition, OneOf
from wrpc.policy.model import Planned, Policy, Route
from wrpc.source import Span

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Room
    from wrpc.solver.terms import Term


@dataclass(frozen=True, slots=True)
class Over:
    """A finding and the requests that it is about: said in words once every check has been answered."""

    finding: Diagnostic
    requests: Callable[[Room], Term]


Found = Iterator[Diagnostic | Proof | Over]
Lint = Callable[[Policy], Iterator[Diagnostic | Proof]]
Check = Callable[[Policy, "Asker"], Found]


def shown(
    code: Code,
    message: str,
    span: Span,
    policy: Policy,
    answer: Answer,
    *,
    severity: Severity | None = None,
    subjects: Iterable[str] = (),
    related: Iterable[Related] = (),
    help: str | None = None,
) -> Diagnostic:
    """A finding that a request shows, or that no request contradicts; or, where the solver gave up, that the question
    is open, which is as severe."""
    if answer.impossible:
        return finding(code, message, span, severity=severity, subjects=subjects, related=related, help=help)
    if answer.request is None:
        message = f"{message}: not settled, {answer.why}"
        return finding(
            code, message, span, severity=severity, subjects=subjects, related=related, help=help, verdict="open"
        )
    from wrpc.solver.witness import witness

    return finding(
        code, message, span, severity=severity, subjects=subjects, related=related, help=help, verdict="refuted",
        witness=witness(policy, answer.request, _about(policy, subjects, span)),
    )  # fmt: skip


def _about(policy: Policy, subjects: Iterable[str], span: Span) -> Iterator[Condition | None]:
    """The conditions of the rules that a finding is about; of a claim's, where it stands at one."""
    from wrpc.solver.witness import of_guard

    for subject in subjects:
        kind, _, name = subject.partition(" ")
        match kind:
            case "signal" if name in policy.signals:
                yield OneOf(name, frozenset())
            case "workload" if name in policy.workloads:
                yield policy.workloads[name].when
            case "route" if name in policy.routes:
                yield policy.routes[name].when
            case "guard" if name in policy.guards:
                yield from of_guard(policy.guards[name])
            case "assert" if name in policy.assertions:
                claims = policy.assertions[name].claims
                for claim in [c for c in claims if c.span == span] or claims:
                    yield from (claim.what, claim.when)
            case _:
                pass


def does(route: Route) -> str:
    """What a route does, in a few words: `a → small`, with weights where they are not equal."""
    action = route.action
    match action.kind:
        case "deny":
            what = f'deny "{action.reason}"'
        case "any":
            what = "any"
        case "cascade":
            what = " -> ".join(action.steps)
        case _:
            equal = len({s.weight for s in action.shares}) == 1
            what = ", ".join(s.pool if equal else f"{s.pool} {percent(s.weight)}" for s in action.shares)
    return f"{route.name} → {what}"


def percent(share: Fraction) -> str:
    """`90%`, `33.33%`."""
    hundred = share * 100
    return f"{hundred if hundred.denominator == 1 else format(float(hundred), '.4g')}%"


def place(planned: Planned) -> str:
    """What a destination is in its plan, in words."""
    return {"cascade": "cascade step", "over_budget": "pool over budget"}.get(planned.role, planned.role)


def subject(route: Route, policy: Policy) -> str:
    return "default" if route is policy.default else f"route {route.name}"


def is_library(policy: Policy) -> bool:
    """A file of shared declarations: it routes nothing, so that coverage is another file's business."""
    return not policy.routes and policy.default is None
