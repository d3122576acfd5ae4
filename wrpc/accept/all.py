"""Everything that a policy accepts by itself, and what is wrong with how it says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from wrpc.accept import comments, limits, waivers
from wrpc.diagnostics import Diagnostic, Findings
from wrpc.policy.model import Policy
from wrpc.source import Source

if TYPE_CHECKING:
    from datetime import date

Judged = Callable[[str], bool]


def accepted(found: Findings, policy: Policy, today: date | None = None) -> Findings:
    """Findings of a policy without what its waivers and its comments accept; that is among the suppressed."""
    return comments.ignored(waivers.waived(found, policy, today), policy.sources)


def faults(
    found: Findings,
    policies: Iterable[Policy],
    sources: Iterable[Source],
    judged: Judged,
    *,
    elsewhere: Collection[str] = (),
    today: date | None = None,
) -> list[Diagnostic]:
    """What is wrong with comments and waivers: left over, incomplete, of codes that do not exist, at an end."""
    told = list(comments.faults(found, sources, judged, elsewhere))
    for policy in policies:
        told += waivers.faults(found, policy, judged, today, elsewhere)
    return told


def looked_for(*, solver: bool, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Judged:
    """Whether `lint`, or `check` with the solver, looks for a code when these are asked for. What a target loses is
    found by a compile alone, and not by each."""
    first, none = tuple(select), tuple(ignore)

    def judged(code: str) -> bool:
        if (first and not code.startswith(first)) or (none and code.startswith(none)):
            return False
        return not limits.LOST.fullmatch(code) if solver else code in _linted()

    return judged


def _linted() -> frozenset[str]:
    from wrpc.analysis import LINTS
    from wrpc.policy.codes import CODES

    return frozenset(code for row in LINTS.values() for code in row) | {code.id for code in CODES}
