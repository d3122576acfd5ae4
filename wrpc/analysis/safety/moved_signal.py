"""A sealed guard that reads a signal which an override changes: it must act wherever it acted, on the same raw values
and failures. The two policies are asked over one request space, as `diff` asks them; the code is `weakened_guard`'s."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.diagnostics import Code, Related, finding, listing
from wrpc.policy import reading
from wrpc.policy.destination import Destination, anywhere
from wrpc.policy.model import Denial, Forbid, Guard, Obligation, Overridden, Policy, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wrpc.decide.change import Side, Sides
    from wrpc.decide.request import Request
    from wrpc.solver.algebra import Algebra
    from wrpc.solver.ask import Answer, Asker, Replay
    from wrpc.solver.decision import Encoded
    from wrpc.solver.joint import Joint
    from wrpc.solver.terms import Term

Kind = tuple[type, str]


def check(policy: Policy, change: Overridden, ask: Asker, code: Code) -> Found:
    name = change.before.name
    sealed = (Related(change.before.span, "sealed here"),)
    if change.was is None:
        yield finding(
            code,
            f"whether the sealed guard `{name}` acts where it acted cannot be shown: without the overrides of signals "
            "the policy does not compile",
            change.span,
            subjects=(f"guard {name}",),
            related=sealed,
            verdict="open",
        )
        return
    answer, absent = _answer(change.was, policy, change, ask.resources)
    if not answer.impossible:
        where = f", in which {listing(absent, 'and')} {'is' if len(absent) == 1 else 'are'} absent," if absent else ""
        yield shown(
            code,
            f"an override of what the sealed guard `{name}` reads weakens it: this request{where} escapes it",
            change.span,
            policy,
            answer,
            subjects=(f"guard {name}",),
            related=sealed,
            help="an override may only tighten a sealed guard: on the same raw values and failures it still has to act",
        )


def _answer(was: Policy, now: Policy, change: Overridden, resources: int) -> tuple[Answer, list[str]]:
    """A request, as the new policy has it, on which the guard acted and does not any more; and which of its signals are
    absent, where that is not the same to both."""
    from wrpc.decide.change import Sides
    from wrpc.solver.both import answered
    from wrpc.solver.room import Answer
    from wrpc.solver.terms import NotDecidable, conj, disj, negate

    sides = Sides(was, now)

    def ask(joint: Algebra | Joint) -> Answer:
        escapes = disj(
            conj([
                joint.admits,
                _acts(joint.old, change.before, kind, place),
                negate(_acts(joint.new, change.after, kind, place)),
            ])
            for kind, place in _asked(now, change)
        )  # fmt: skip
        return joint.ask(escapes, lambda replay: _escapes(sides, now, change, replay))

    try:
        answer = answered(sides, ask, resources=resources)
    except NotDecidable as reads:
        return Answer("open", why=f"it reads {reads}, which is not decided yet"), []
    if answer.request is None:
        return answer, []
    absent = [name for name, told in sides.absent.items() if answer.request[told]]
    return replace(answer, request=sides.new.own(answer.request)), absent


def _asked(policy: Policy, change: Overridden) -> Iterator[tuple[Kind, Destination | None]]:
    """What a guard keeps, denials, removals, and each obligation by its name, for each place of a plan."""
    names = sorted({r.name for r in change.before.rules if isinstance(r, Obligation)})
    read = [c for g in (change.before, change.after) for r in g.rules for c in reading.parts(r)]
    places = anywhere(policy, read) or (None,)
    for kind in ((Denial, ""), (Forbid, ""), *((Obligation, n) for n in names)):
        for place in places:
            yield kind, place


def _rules(guard: Guard, kind: Kind) -> list[Rule]:
    of, name = kind
    return [r for r in guard.rules if isinstance(r, of) and (not isinstance(r, Obligation) or r.name == name)]


def _acts(decision: Encoded, guard: Guard, kind: Kind, place: Destination | None) -> Term:
    from wrpc.solver.terms import conj, disj, negate

    encoding = decision.encoding.at(place)
    return disj(
        conj([
            negate(encoding.condition(rule.what).false) if isinstance(rule, Forbid) else True,
            negate(encoding.condition(rule.when).false),
        ])
        for rule in _rules(guard, kind)
    )  # fmt: skip


def _acted(side: Side, guard: Guard, kind: Kind, place: Destination | None, request: Request) -> bool:
    from wrpc.decide.state import state

    seen, machine = state(side.policy, side.own(request)), side.machine
    return any(
        (not isinstance(r, Forbid) or machine.test(r.what)(seen, place, None) is not False)
        and (r.when is None or machine.test(r.when)(seen, place, None) is not False)
        for r in _rules(guard, kind)
    )


def _escapes(sides: Sides, policy: Policy, change: Overridden, replay: Replay) -> bool:
    request = replay.request
    if not sides.admits(request) or sides.outside(request):
        return False
    return any(
        _acted(sides.old, change.before, kind, place, request)
        and not _acted(sides.new, change.after, kind, place, request)
        for kind, place in _asked(policy, change)
    )
