"""A sealed guard that an override removes or weakens.

An environment may only tighten a sealed guard: everything that it denied, forbade or required before the override must
still be denied, forbidden or required. So must it where a signal that the guard reads is overridden: on the same raw
values and failures. A header that is absent counts as itself, whatever it means before and after.

Bad:

    signal risk: score { source classifier("risk")  threshold 0.5  on_error fires }
    pool own { }
    default { to own }
    guard attacks { sealed  deny "attack" when confidence(risk) >= 0.7 }
    override guard attacks { deny "attack" when confidence(risk) >= 0.9 }
    #              ^^^^^^^ WRP404

Good:

    signal risk: score { source classifier("risk")  threshold 0.5  on_error fires }
    pool own { }
    default { to own }
    guard attacks { sealed  deny "attack" when confidence(risk) >= 0.7 }
    override guard attacks { deny "attack" when confidence(risk) >= 0.6 }

To repair, tighten the guard, or ask its owner to change it where it is declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.diagnostics import Code, Related, finding
from wrpc.policy import reading
from wrpc.policy.destination import Destination, anywhere
from wrpc.policy.model import Denial, Forbid, Guard, Obligation, Rule

if TYPE_CHECKING:
    from wrpc.policy.model import Policy
    from wrpc.solver.ask import Answer, Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP404", "weakened-guard", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    for change in policy.overridden:
        if change.after.accepts_failure and not change.before.accepts_failure:
            yield finding(
                CODE,
                f"the override lets failed signals pass the sealed guard `{change.before.name}`: `accept_failure`",
                change.span,
                subjects=(f"guard {change.before.name}",),
                related=(Related(change.before.span, "sealed here"),),
                help="an override may only tighten a sealed guard",
            )
        if change.was is not None or change.lost:
            from wrpc.analysis.safety import moved_signal

            yield from moved_signal.check(policy, change, ask, CODE)
            continue
        answer = _escapes(ask, change.before, change.after)
        if not answer.impossible:
            yield shown(
                CODE,
                f"the override weakens the sealed guard `{change.before.name}`: this request escapes it",
                change.span,
                policy,
                answer,
                subjects=(f"guard {change.before.name}",),
                related=(Related(change.before.span, "sealed here"),),
                help="an override may only tighten a sealed guard",
            )


def _escapes(ask: Asker, before: Guard, after: Guard) -> Answer:
    return ask.anywhere(lambda room: _weaker(room, before, after), _confirm(ask, before, after))


def _kinds(guard: Guard) -> list[tuple[type, str]]:
    """What a guard keeps: denials, removals, and each obligation by its name."""
    names = sorted({r.name for r in guard.rules if isinstance(r, Obligation)})
    return [(Denial, ""), (Forbid, ""), *((Obligation, n) for n in names)]


def _of(guard: Guard, kind: type, name: str) -> list[Rule]:
    return [r for r in guard.rules if isinstance(r, kind) and (not isinstance(r, Obligation) or r.name == name)]


def _weaker(room: Room, before: Guard, after: Guard) -> Term:
    """The guard acted on a request, for some pool where it is asked of one, and does not any more."""
    from wrpc.solver.terms import conj, disj, negate

    def acts(guard: Guard, kind: type, name: str, place: Destination | None) -> Term:
        encoding = room.decision.encoding.at(place)
        return disj(
            conj([
                negate(encoding.condition(rule.what).false) if isinstance(rule, Forbid) else True,
                negate(encoding.condition(rule.when).false),
            ])
            for rule in _of(guard, kind, name)
        )  # fmt: skip

    places = _places(room.policy, before, after)
    return disj(
        conj([acts(before, kind, name, place), negate(acts(after, kind, name, place))])
        for kind, name in _kinds(before)
        for place in places
    )


def _places(policy: Policy, before: Guard, after: Guard) -> Sequence[Destination | None]:
    """Where either may act; None without pools."""
    read = [c for g in (before, after) for r in g.rules for c in reading.parts(r)]
    return anywhere(policy, read) or (None,)


def _confirm(ask: Asker, before: Guard, after: Guard) -> Confirm:
    def acts(guard: Guard, kind: type, name: str, place: Destination | None, replay: Replay) -> bool:
        machine = ask.healthy.interpreter
        if kind is Denial:
            return any(machine.denies(r, replay.state) is not False for r in guard.rules if isinstance(r, Denial))
        return any(
            (not isinstance(r, Forbid) or machine.test(r.what)(replay.state, place, None) is not False)
            and (r.when is None or machine.test(r.when)(replay.state, place, None) is not False)
            for r in _of(guard, kind, name)
        )

    def confirm(replay: Replay) -> bool:
        places = _places(ask.policy, before, after)
        return any(
            acts(before, kind, name, place, replay) and not acts(after, kind, name, place, replay)
            for kind, name in _kinds(before)
            for place in places
        )

    return confirm
