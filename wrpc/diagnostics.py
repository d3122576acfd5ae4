"""One type for every finding: a code, a place, what was found, what was expected, what to do.

Nothing here prints. A stage returns findings; `report` shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal, TypeVar

from wrpc.source import Span
from wrpc.values import value

Severity = Literal["error", "warning", "info"]
Verdict = Literal["proved", "enforced", "refuted", "open"]
Witness = Mapping[str, object]


@value
class Code:
    """A kind of finding. `name` is the fault and reads well after "allow"; `page` is its documentation.

    A page is a first line, why it matters, `Bad:` and `Good:` as indented policies, and how to repair.
    """

    id: str
    name: str
    severity: Severity
    page: str = field(default="", repr=False, compare=False)

    @property
    def summary(self) -> str:
        return self.page.strip().partition("\n")[0]


@value
class Related:
    """A second place that a finding is about."""

    span: Span
    label: str


@value
class Edit:
    """A piece of a source and what takes its place. An empty span inserts."""

    span: Span
    text: str


@value
class Fix:
    """A change of text that repairs a finding: replace `span` by `text`. Safe: it keeps the meaning or restores it.

    `also` are further edits that belong to it, of the same source, none of which overlaps another: all or none.
    """

    span: Span
    text: str
    title: str
    safe: bool = True
    also: tuple[Edit, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All of them, in order of place."""
        return tuple(sorted((Edit(self.span, self.text), *self.also), key=lambda e: (e.span.start, e.span.end)))


@value
class Diagnostic:
    """A finding. `verdict` is None unless a proof stands behind it. `follows`: subjects; where other findings tell of
    each that it takes no request, this one only follows from them. `baseline`: it is in the baseline of this run;
    `excused`: so it fails nothing. `region`: a condition that is true for just the requests that it is about, or, with
    "and 3 more" behind it, for some of them."""

    code: Code
    message: str
    span: Span
    severity: Severity
    verdict: Literal["refuted", "open"] | None = None
    subjects: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    witness: Witness | None = None
    help: str | None = None
    fixes: tuple[Fix, ...] = ()
    follows: tuple[str, ...] = field(default=(), compare=False)
    baseline: bool = field(default=False, compare=False)
    excused: bool = field(default=False, compare=False)
    region: str | None = field(default=None, compare=False)

    def key(self) -> tuple[object, ...]:
        return (*self.span.key(), self.code.id, self.message)


def finding(
    code: Code,
    message: str,
    span: Span,
    *,
    severity: Severity | None = None,
    help: str | None = None,
    related: Iterable[Related] = (),
    fixes: Iterable[Fix] = (),
    subjects: Iterable[str] = (),
    witness: Witness | None = None,
    verdict: Literal["refuted", "open"] | None = None,
) -> Diagnostic:
    """A diagnostic with its code's own severity unless another is given."""
    return Diagnostic(
        code, message, span, severity or code.severity, verdict, tuple(subjects), tuple(related), witness, help,
        tuple(fixes),
    )  # fmt: skip


@value
class Proof:
    """What became of one guard or claim. `leans_on`: what a proof takes for granted. `why`: what is in the way of one
    that is open. `excused`: that it is refuted or open is waived, and fails nothing."""

    subject: str
    verdict: Verdict
    witness: Witness | None = None
    span: Span | None = None
    leans_on: tuple[str, ...] = ()
    why: str = ""
    excused: bool = field(default=False, compare=False)


@value
class Suppression:
    """Why a finding does not count: `span` is the comment, the waiver or the line of the settings that says so. A
    waiver has an owner and may have a last day, `2026-12-31`."""

    by: Literal["comment", "waiver", "settings"]
    reason: str
    span: Span
    owner: str = ""
    until: str = ""


@value
class Suppressed:
    """A finding that does not count, and why."""

    finding: Diagnostic
    why: Suppression

    def key(self) -> tuple[object, ...]:
        return self.finding.key()


@value
class Findings:
    """Everything one run has to say, sorted by place. `tests`: how many tests ran, those that failed included.

    `suppressed` are none of the diagnostics.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    proofs: tuple[Proof, ...] = ()
    tests: int = 0
    suppressed: tuple[Suppressed, ...] = ()

    @classmethod
    def of(
        cls,
        diagnostics: Iterable[Diagnostic],
        proofs: Iterable[Proof] = (),
        *,
        tests: int = 0,
        suppressed: Iterable[Suppressed] = (),
    ) -> Findings:
        return cls(_placed(diagnostics), tuple(proofs), tests, _placed(suppressed))

    @property
    def errors(self) -> int:
        """Those that fail a run."""
        return self._count("error")

    @property
    def warnings(self) -> int:
        return self._count("warning")

    @property
    def notes(self) -> int:
        return self._count("info")

    @property
    def known(self) -> int:
        """How many are in the baseline."""
        return sum(d.baseline for d in self.diagnostics)

    def _count(self, severity: Severity) -> int:
        return sum(d.severity == severity and not d.excused for d in self.diagnostics)

    @property
    def ok(self) -> bool:
        return self.errors == 0

    @property
    def unproved(self) -> int:
        """Guards and claims that are refuted or open: they fail, whether or not a finding that says so is shown,
        unless that is waived."""
        return sum(p.verdict in ("refuted", "open") and not p.excused for p in self.proofs)

    @property
    def assumes(self) -> tuple[str, ...]:
        """What some of the proofs take for granted."""
        return tuple(dict.fromkeys(a for p in self.proofs for a in p.leans_on))

    def __add__(self, other: Findings) -> Findings:
        return Findings.of(
            self.diagnostics + other.diagnostics,
            self.proofs + other.proofs,
            tests=self.tests + other.tests,
            suppressed=self.suppressed + other.suppressed,
        )


_Placed = TypeVar("_Placed", Diagnostic, Suppressed)


def _placed(found: Iterable[_Placed]) -> tuple[_Placed, ...]:
    """Each once, by place."""
    return tuple(sorted({d.key(): d for d in found}.values(), key=lambda d: d.key()))


class Refusal(Exception):
    """Raised where a value cannot be made at all; carries what to tell the reader. Caught in one place, by `cli`."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(f"{d.code.id} {d.message}" for d in self.diagnostics[:3]))


def nearest(word: str, known: Iterable[str], most: int = 5, cutoff: float = 0.6) -> list[str]:
    """The known names most like `word`, nearest first; `cutoff` is how much of the two has to agree."""
    known = sorted(set(known))
    lowered = {k.lower(): k for k in reversed(known)}
    from difflib import get_close_matches

    close = get_close_matches(word.lower(), lowered, n=most, cutoff=cutoff)
    return [lowered[c] for c in close]


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """A help text that names the nearest known names, or lists them where there are few, or None."""
    known = sorted(set(known))
    close = nearest(word, known, cutoff=cutoff)
    if close:
        return "did you mean " + listing(close) + "?"
    if known and len(known) <= 5:
        return "known: " + ", ".join(f"`{k}`" for k in known)
    return None


def listing(names: Sequence[str], word: str = "or") -> str:
    """`a`, `b` or `c`."""
    quoted = [f"`{n}`" for n in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" {word} " + quoted[-1]
