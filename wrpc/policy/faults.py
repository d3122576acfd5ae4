"""Findings as they are met, each once, with suggestions that stay cheap however many names there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wrpc.diagnostics import Code, Diagnostic, Fix, Related, Severity, did_you_mean, finding
from wrpc.source import Span

# Comparing a word with ten thousand names takes about 50 ms: a file of nothing but unknown names would take minutes.
COMPARISONS = 20_000


class Faults:
    """Collects findings. What could not be resolved is reported where it stands and then passed over in silence."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self._comparisons = COMPARISONS
        self._by_syntax: set[tuple[str, int, int]] = set()

    def add(
        self,
        code: Code,
        message: str,
        span: Span,
        *,
        help: str | None = None,
        related: Iterable[Related] = (),
        fixes: Iterable[Fix] = (),
        severity: Severity | None = None,
        subjects: Iterable[str] = (),
    ) -> None:
        if span.key() in self._by_syntax:
            return
        made = finding(
            code, message, span, help=help, related=related, fixes=fixes, severity=severity, subjects=subjects
        )
        self._found.setdefault(made.key(), made)

    def take(self, diagnostics: Iterable[Diagnostic]) -> None:
        for made in diagnostics:
            self._found.setdefault(made.key(), made)

    def syntax(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Findings of the parser: what is wrong with the same piece of text is said already."""
        for made in diagnostics:
            self._by_syntax.add(made.span.key())
            self._found.setdefault(made.key(), made)

    def suggest(self, word: str, known: Collection[str]) -> str | None:
        """A help text with the nearest known names; None once enough comparisons have been made."""
        self._comparisons -= len(known)
        return did_you_mean(word, known) if self._comparisons >= 0 else None

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> bool:
        return any(d.severity == "error" for d in self._found.values())

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(sorted(self._found.values(), key=lambda d: d.key()))
