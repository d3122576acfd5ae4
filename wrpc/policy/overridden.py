"""Sealed guards as they stood before an environment's overrides: of themselves, and of the signals that they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wrpc.policy import reading
from wrpc.policy.guards import Guards
from wrpc.policy.imports import Program
from wrpc.policy.model import Guard, Overridden, Policy
from wrpc.policy.overrides import Change
from wrpc.source import Span
from wrpc.syntax import tree


def guards(changes: Iterable[Change], guarding: Guards) -> tuple[Overridden, ...]:
    """Guards that were sealed before an override, as they stood before and after it."""
    made: list[Overridden] = []
    for change in changes:
        if not isinstance(change.before, tree.Section) or not isinstance(change.after, tree.Section):
            continue
        if change.kind != "guard" or not any(isinstance(i, tree.Sealed) for i in change.before.items):
            continue
        before, after = guarding.guard(change.before), guarding.guard(change.after)
        if before is not None and after is not None:
            made.append(Overridden(before, after, change.span))
    return tuple(made)


def before(program: Program) -> Program:
    """The program as it was before its overrides of signals and guards; what claims and tests say is not asked."""
    kept: list[tree.Declaration] = [
        d
        for d in program.declarations
        if not (isinstance(d, tree.Override) and d.section.kind in ("signal", "guard"))
        and not isinstance(d, tree.Test)
        and not (isinstance(d, tree.Section) and d.kind == "assert")
    ]
    return Program(program.sources, kept, program.broken)


def by_signals(policy: Policy, was: Policy | None, moved: Mapping[str, Span]) -> tuple[Overridden, ...]:
    """What is to be proved of sealed guards, those among it that read a signal which is overridden. `was` is the policy
    before; None where it does not resolve. `moved` has the signals, with the place of each override."""
    changed = {o.after.name: o for o in policy.overridden}
    earlier = policy if was is None else was
    found: list[Overridden] = []
    for guard in earlier.guards.values():
        own, after = changed.get(guard.name), policy.guards[guard.name]
        if not (guard.sealed or own is not None):
            continue
        read = [n for n in moved if n in _reads(earlier, own.before if own else guard) | _reads(policy, after)]
        if read:
            at = moved[read[0]] if own is None else own.span
            stood = guard if was is not None or own is None else own.before
            found.append(Overridden(stood, after, at, was, lost=was is None))
        elif own is not None:
            found.append(own)
    return tuple(found)


def _reads(policy: Policy, guard: Guard) -> set[str]:
    return reading.signals(policy, [c for r in guard.rules for c in reading.parts(r)])
