"""Targets that are deployed together: what one of a stack does not carry, another may.

The first target of a stack decides. Routes and conditions are carried by it or not at all; settings, edges and guards
by any program that requests pass and that chooses a destination; all else by any of the stack. Behind the first,
another such program decides each request again, by its own file, so that what it loses of routes and conditions is told
as ever, and a destination that it does not keep away is not kept away by those before it. A simulation stands in no
request's way: it keeps nothing for the others, and they nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import dropwhile
from typing import Literal

from wrpc.diagnostics import Diagnostic, Findings, Verdict, finding
from wrpc.policy.model import Policy, Stack
from wrpc.policy.waivers import lapsed
from wrpc.targets import TARGETS, named
from wrpc.targets import settings as blocks
from wrpc.targets.codes import APPROXIMATED, NO_DECIDER, NOT_CARRIED
from wrpc.targets.compile import (
    DECISIVE,
    GUARDS,
    REPAIR,
    Compiled,
    Waived,
    compile_all,
    options_of,
    phrase,
    said,
    unenforced,
    waive,
)
from wrpc.targets.constructs import Use, used
from wrpc.targets.target import Approximate, Cannot, Construct, Elsewhere, Group, Native, Options, Target

Kind = Literal["carried", "approximated", "not_carried", "elsewhere"]
DECIDED = frozenset({*Group.CONDITIONS.value, *Group.ROUTES.value})
"""What the target that decides carries, or nobody does."""
ON_THE_WAY = frozenset({*Group.EDGES.value, *Group.SETTINGS.value, Construct.GUARD_DENY, Construct.GUARD_REQUIRE})
"""What any target that requests pass may keep."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What becomes of one use in a stack: `by` names the targets that keep it; `notes` says of each where, what it
    loses, why not, or who does it elsewhere."""

    use: Use
    kind: Kind
    by: tuple[str, ...]
    notes: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stacked:
    """What became of one stack. `diagnostics` are those of the stack as a whole; each target has its own beside."""

    stack: Stack
    targets: tuple[Target, ...]
    kept: tuple[Kept, ...] = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(d.severity == "error" for d in self.diagnostics)


def resolved(stack: Stack) -> tuple[Target, ...]:
    """The targets of a stack, in its order; a name that wrpc has no target of is left out (it is WRP806)."""
    known = {blocks.spelled(name): name for name in TARGETS}
    names = dict.fromkeys(known.get(blocks.spelled(name)) for name in stack.targets)
    return tuple(named(name) for name in names if name is not None)


def undecided(policy: Policy) -> tuple[Diagnostic, ...]:
    """A finding for each stack whose first target decides no requests."""
    found = []
    for stack in policy.stacks.values():
        first = next(iter(resolved(stack)), None)
        if first is not None and not first.decides:
            message = f"`{first.name}`, the first target of stack `{stack.name}`, decides no requests"
            others = [t.name for t in resolved(stack) if t.decides]
            repair = f"write `{blocks.spelled(others[0])}` first" if others else "begin with a gateway or a router"
            found.append(finding(NO_DECIDER, message, stack.span, help=repair, subjects=[f"stack {stack.name}"]))
    return tuple(found)


def compile_together(
    policy: Policy,
    targets: Iterable[Target],
    stacks: Sequence[Stack],
    findings: Findings,
    options: Options | None = None,
) -> tuple[tuple[Compiled, ...], tuple[Stacked, ...]]:
    """The policy for each target, and for all of each stack: every target is compiled once. What is a loss in one of
    the stacks that a target stands in, or to the target alone where it was asked for alone too, is told."""
    options = options or Options()
    uses = used(policy)
    views = [_View(policy, stack, uses, findings, options) for stack in stacks]
    alone = list(targets)
    every = {t.name: t for t in (*alone, *(t for v in views for t in v.targets))}
    quiet: dict[str, frozenset[Use]] = {}
    spare: dict[str, frozenset[str]] = {}
    for name in every:
        sides = [v for v in views if name in v.names]
        if any(t.name == name for t in alone) or not sides:
            continue
        quiet[name] = frozenset.intersection(*(v.quiet(name) for v in sides))
        spare[name] = frozenset.intersection(*(v.spare(name) for v in sides))
    compiled = compile_all(policy, every.values(), findings, options, quiet, spare)
    made = {c.target.name: c for c in compiled}
    return compiled, tuple(v.stacked(made) for v in views)


class _View:
    """One stack over one policy."""

    def __init__(self, policy: Policy, stack: Stack, uses: Sequence[Use], findings: Findings, options: Options) -> None:
        self.policy = policy
        self.stack = stack
        self.uses = uses
        self.verdicts: dict[str, Verdict] = {p.subject: p.verdict for p in findings.proofs}
        self.options = options
        self.targets = resolved(stack)
        self.names = {t.name for t in self.targets}
        self.layers = [t for t in self.targets if not t.simulates]
        self.deciders = [t for t in self.layers if t.decides]

    def _candidates(self, construct: str) -> list[Target]:
        """Who may keep it, in the order of the stack."""
        if construct in DECIDED:
            return self.layers[:1]
        if construct in ON_THE_WAY:
            return self.deciders
        if construct == Construct.GUARD_FORBID:
            lost = list(dropwhile(lambda t: not isinstance(t.carries[construct], Cannot), reversed(self.deciders)))
            return self.deciders[len(lost) :] or self.deciders[-1:]
        return self.layers

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        # Where no target of it is known, that alone is told.
        return tuple(self._kept(use) for use in self.uses if self.layers)

    def _kept(self, use: Use) -> Kept:
        of = self._candidates(use.construct)
        kinds: tuple[tuple[type, Kind], ...] = (
            (Native, "carried"), (Approximate, "approximated"), (Cannot, "not_carried"), (Elsewhere, "elsewhere")
        )  # fmt: skip
        for row, kind in kinds:
            found = [t for t in of if isinstance(t.carries[use.construct], row)]
            if found:
                by = tuple(t.name for t in found) if kind in ("carried", "approximated") else ()
                return Kept(use, kind, by, {t.name: said(t, use.construct) for t in found})
        return Kept(use, "not_carried", (), {})

    def quiet(self, name: str) -> frozenset[Use]:
        """Of what the target does not carry, or only in part, what it need not tell of: another keeps it, or the stack
        tells of it."""
        target = next(t for t in self.targets if t.name == name)
        if target.simulates:
            return frozenset()
        return frozenset(
            k.use for k in self.kept if k.use.construct not in DECIDED or target in self._candidates(k.use.construct)
        )

    def spare(self, name: str) -> frozenset[str]:
        """Guards of which the stack tells where the target turns out not to enforce them."""
        simulation = next(t for t in self.targets if t.name == name).simulates
        return frozenset(
            k.use.subject for k in self.kept if k.use.construct == Construct.GUARD_REQUIRE and not simulation
        )

    # ── What is lost ──

    def stacked(self, made: Mapping[str, Compiled]) -> Stacked:
        found: list[Diagnostic] = []
        for kept in self.kept:
            if kept.kind == "not_carried":
                found += self._lost(kept)
            elif kept.kind == "approximated":
                found += self._in_part(kept)
        for subject in sorted({s for t in self.targets for s in made[t.name].unenforced}):
            found += self._left(subject, made)
        settings = [options_of(self.policy, self.options, t).settings for t in self.targets]
        waivers = [w for s in settings for w in blocks.waivers(s) if not lapsed(w.until, self.options.today)]
        shown, waived = waive(found, waivers)
        as_set_up = tuple(self._set_up(k, made) for k in self.kept)
        return Stacked(self.stack, self.targets, as_set_up, tuple(shown), tuple(waived))

    def _set_up(self, kept: Kept, made: Mapping[str, Compiled]) -> Kept:
        """Without those that could keep a guard and turned out not to."""
        if kept.use.construct != Construct.GUARD_REQUIRE:
            return kept
        by = tuple(n for n in kept.by if kept.use.subject not in made[n].unenforced)
        return replace(kept, kind=kept.kind if by else "not_carried", by=by)

    def _lost(self, kept: Kept) -> list[Diagnostic]:
        use, stack = kept.use, self.stack.name
        why = "; ".join(f"`{name}`: {note}" for name, note in kept.notes.items())
        if use.construct in GUARDS:
            if self.verdicts.get(use.subject) == "proved":
                undermined = self._undermined()
                if undermined is None:
                    return []
                why += f", and its proof relies on {phrase(undermined)}, which is not carried either"
            message = f"no target of stack `{stack}` enforces guard `{use.subject.partition(' ')[2]}`: {why}"
            return [finding(NOT_CARRIED, message, use.span, severity="error", subjects=[use.subject], help=REPAIR)]
        if use.construct in DECIDED:
            message = f"stack `{stack}` does not carry {phrase(use)}: {why}"
            others = [t.name for t in self.deciders[1:] if isinstance(t.carries[use.construct], Native)]
            repair = f"`{others[0]}` carries it, but the first target of a stack decides" if others else None
            return [finding(NOT_CARRIED, message, use.span, subjects=[use.subject], help=repair)]
        message = f"no target of stack `{stack}` carries {phrase(use)}: {why}"
        return [finding(NOT_CARRIED, message, use.span, subjects=[use.subject])]

    def _in_part(self, kept: Kept) -> list[Diagnostic]:
        use = kept.use
        message = f"stack `{self.stack.name}` carries {phrase(use)} only in part: "
        message += "; ".join(f"`{name}` loses {note}" for name, note in kept.notes.items())
        return [finding(APPROXIMATED, message, use.span, subjects=[use.subject])]

    def _undermined(self) -> Use | None:
        """A part that decides and that one of those who decide does not carry: no proof then speaks of what it does."""
        return next(
            (u for u in self.uses if u.construct in DECISIVE for t in self.deciders
             if isinstance(t.carries[u.construct], Cannot)), None
        )  # fmt: skip

    def _left(self, subject: str, made: Mapping[str, Compiled]) -> list[Diagnostic]:
        """Where none of those that can do what a guard requires does so as they are set up, what each would need."""
        asked = (k for k in self.kept if k.use.subject == subject and k.use.construct == Construct.GUARD_REQUIRE)
        able = [name for k in asked for name in k.by]
        if any(subject not in made[n].unenforced for n in able):
            return []
        missing = [t for t in self.targets if t.name in able and subject in made[t.name].unenforced]
        return [d for t in missing for d in unenforced(self.policy, t, [subject], self.verdicts)]
