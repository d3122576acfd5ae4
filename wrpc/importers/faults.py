"""The findings that every importer has: gathered as they come, each made in one place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from wrpc.diagnostics import Diagnostic, Fix, Related, Severity, did_you_mean, finding, listing, nearest
from wrpc.importers import codes
from wrpc.importers.document import Keys, Node, Pair, Scalar, kind
from wrpc.importers.fitting import Misfit
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


# How much of two keys has to agree for one to be a misspelling of the other: `budgets` is not a `agents`.
ALIKE = 0.8


def not_imported(what: str, at: Span, *, severity: Severity = "warning", why: str = "") -> Diagnostic:
    message = f"not imported: {what}" + (f" ({why})" if why else "")
    return finding(codes.NOT_IMPORTED, message, line(at), severity=severity)


def wrong_type(
    node: Node,
    expected: str,
    key: str,
    *,
    severity: Severity | None = None,
    end: str = "",
    called: str = "",
    fixes: Iterable[Fix] = (),
) -> Diagnostic:
    """`key` is what the message calls the node, where it is not `called` anything in words."""
    message = f"{called or f'`{key}`'} is {kind(node)}, where {expected} is expected{end}"
    return finding(codes.WRONG_TYPE, message, line(node.span), severity=severity, fixes=tuple(fixes))


def unknown_key(
    written: str, pair: Pair, known: Collection[str], said: str, *, severity: Severity | None = None
) -> Diagnostic:
    """A key that is none of the known ones. The fix is a guess, so it is not safe."""
    close = nearest(written, known, cutoff=ALIKE)
    fixes = [Fix(pair.key.span, close[0], f"write `{close[0]}`", safe=False)] if close else []
    return finding(
        codes.UNKNOWN_KEY, said, pair.key.span, severity=severity, help=did_you_mean(written, known, ALIKE), fixes=fixes
    )


def misfit(found: Misfit, *, severity: Severity | None = None, end: str = "") -> Diagnostic:
    """What a document held against a schema did not fit, in words; `end` says what the program does about it."""
    key, node = found.key, found.node
    match found.wrong:
        case "type":
            return wrong_type(node, found.expected, key, severity=severity, end=end)
        case "range":
            message = f"`{key}` is {text(node)}, {found.expected}{end}"
            return finding(codes.OUT_OF_RANGE, message, line(node.span), severity=severity)
        case "word":
            return unknown_word(node, key, found.known, severity=severity, end=end)
        case "missing":
            message = f"`{key}` is missing in {_place(found.expected)}{end}"
            return finding(codes.MISSING_KEY, message, line(node.span), severity=severity)
        case "none of":
            message = f"{_place(key)} has none of {listing(found.known, 'and')}{end}"
            return finding(codes.MISSING_KEY, message, line(node.span), severity=severity)
        case "several of":
            message = f"{_place(key)} has more than one of {listing(found.known, 'and')}{end}"
            return finding(codes.CONTRADICTING, message, line(node.span), severity=severity)
        case "older" if found.pair is None:
            message = f"`{key}` is an older name; today it is `{found.expected}`{end}"
            return finding(codes.OLDER_KEY, message, line(node.span), severity=severity)
        case "older":
            message = f"`{key}` is an older key; today it is `{found.expected}`{end}"
            return finding(codes.OLDER_KEY, message, _key(found), severity=severity)
        case "gone":
            message = f"`{key}` is an older key without a successor here: {found.expected}{end}"
            return finding(codes.OLDER_KEY, message, _key(found), severity=severity)
        case "unknown":
            message = f"`{key}` is not a key here{end or ', so its value does not hold'}"
            assert found.pair is not None
            return unknown_key(key, found.pair, found.known, message, severity=severity)
        case _:
            assert_never(found.wrong)


def _key(found: Misfit) -> Span:
    return found.node.span if found.pair is None else found.pair.key.span


def text(node: Node) -> str:
    """A scalar as it was written, on one line."""
    return " ".join(node.text.split()) if isinstance(node, Scalar) else kind(node)


def _place(key: str) -> str:
    several = key.endswith("s") or key in ("context", "structure", "pii", "kb")
    return f"an entry of `{key}`" if several else f"`{key}`"


def unknown_word(
    node: Node,
    key: str,
    known: Collection[str],
    *,
    severity: Severity | None = None,
    end: str = "",
    most: int | None = None,
) -> Diagnostic:
    """Where there are more than `most` words, they are not listed."""
    written = text(node)
    message = f"`{written}` is not a value of `{key}`{end}"
    few = "known: " + ", ".join(f"`{w}`" for w in known) if most is None or len(known) <= most else None
    hint = did_you_mean(written, known) or few
    return finding(codes.UNKNOWN_WORD, message, line(node.span), severity=severity, help=hint)


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
