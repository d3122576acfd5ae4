"""The findings that every importer has: gathered as they come, each made in one place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from wrpc.diagnostics import Diagnostic, Fix, Related, Severity, did_you_mean, finding, nearest
from wrpc.importers import codes
from wrpc.importers.document import Keys, Node, Pair, kind
from wrpc.importers.nodes import line, named, text_of
from wrpc.source import Span


@dataclass(slots=True)
class Report:
    """Findings as they come."""

    found: list[Diagnostic] = field(default_factory=list)

    def add(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)

    def omit(self, what: str, at: Span, *, severity: Severity = "warning", why: str = "") -> None:
        """Says that something has no place in the policy. "info": it has no part in who answers a request."""
        self.found.append(not_imported(what, at, severity=severity, why=why))


def not_imported(what: str, at: Span, *, severity: Severity = "warning", why: str = "") -> Diagnostic:
    message = f"not imported: {what}" + (f" ({why})" if why else "")
    return finding(codes.NOT_IMPORTED, message, line(at), severity=severity)


def wrong_type(node: Node, expected: str, key: str, *, severity: Severity | None = None) -> Diagnostic:
    """`key` is what the message calls the node."""
    message = f"`{key}` is {kind(node)}, where {expected} is expected"
    return finding(codes.WRONG_TYPE, message, line(node.span), severity=severity)


def unknown_key(
    written: str, pair: Pair, known: Collection[str], said: str, *, severity: Severity | None = None
) -> Diagnostic:
    """A key that is none of the known ones. The fix is a guess, so it is not safe."""
    close = nearest(written, known)
    fixes = [Fix(pair.key.span, close[0], f"write `{close[0]}`", safe=False)] if close else []
    return finding(
        codes.UNKNOWN_KEY, said, pair.key.span, severity=severity, help=did_you_mean(written, known), fixes=fixes
    )


def unique(entries: Iterable[Keys], what: str, report: Report) -> list[Keys]:
    """The entries with a `name`, each name once; a second one is reported."""
    first: dict[str, Span] = {}
    kept = []
    for entry in entries:
        name = text_of(entry, "name")
        if name is None:
            continue
        if name in first:
            related = [Related(first[name], "first here")]
            message = f"two {what} are called `{name}`; the first counts here"
            report.add(finding(codes.DUPLICATE_NAME, message, named(entry), related=related))
            continue
        first[name] = named(entry)
        kept.append(entry)
    return kept


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each finding once, as a reader meets them; a message stands on one line, whatever names it holds."""
    lines = (replace(d, message=" ".join(d.message.split())) for d in found)
    return tuple(sorted({d.key(): d for d in lines}.values(), key=lambda d: d.key()))
