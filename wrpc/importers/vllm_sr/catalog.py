"""What a condition or a score input can name, and what it is called in the policy."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from wrpc.diagnostics import Diagnostic, Related, Severity, did_you_mean, finding
from wrpc.importers import codes
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar
from wrpc.importers.sketch import Names, compare, equals, func, number, path
from wrpc.source import Span
from wrpc.syntax import tree


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing that fires: a bool or a `let` ("flag"), a score signal, or an output of the band `name`."""

    name: str
    form: Literal["flag", "score", "band"]
    at: Span = field(repr=False)
    output: str = ""

    def condition(self, at: Span) -> tree.Expr:
        return equals(path(self.name, at), self.output, at) if self.form == "band" else path(self.name, at)


@dataclass(slots=True)
class Catalog:
    """The leaves of one recipe by kind and reference, its numbers by name, and what has been read of them."""

    names: Names = field(default_factory=Names)
    leaves: dict[tuple[str, str], Leaf] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    scores: dict[str, Span] = field(default_factory=dict)
    read: set[tuple[str, str]] = field(default_factory=set)
    bindings: dict[str, Keys] = field(default_factory=dict)
    """By classifier, where its model is deployed."""
    local: set[str] = field(default_factory=set)
    """The classifiers that run beside the router."""
    owners: dict[tuple[str, str], tuple[Span, tuple[str, ...]]] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def report(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)

    def omit(self, what: str, at: Span, *, severity: Severity = "warning", why: str = "") -> None:
        """Says that something has no place in the policy. "info": it has no part in who answers a request."""
        message = f"not imported: {what}" + (f" ({why})" if why else "")
        self.found.append(finding(codes.NOT_IMPORTED, message, line(at), severity=severity))

    def add(self, kind: str, reference: str, leaf: Leaf) -> None:
        self.leaves[kind, reference] = leaf

    def leaf(self, kind: str, reference: str, at: Span) -> Leaf | None:
        """What a reference names, or None with a finding that nothing is called so."""
        found = self.leaves.get((kind, reference))
        if found is not None:
            self.read.add((kind, reference))
            return found
        known = [r for k, r in self.leaves if k == kind]
        elsewhere = sorted({k for k, r in self.leaves if r == reference})
        hint = did_you_mean(reference, known)
        if elsewhere:
            hint = f"`{reference}` is a {elsewhere[0]} signal"
        message = (
            f"no {kind} signal is called `{reference}`"
            if kind != "projection"
            else (f"no mapping has an output `{reference}`")
        )
        self.report(finding(codes.DANGLING, message, at, help=hint))
        return None


def line(at: Span) -> Span:
    """The first line of a place."""
    text = at.text
    return at if "\n" not in text else replace(at, end=at.start + text.index("\n"))


# ── Reading conformed nodes, whose types are known ────────────────────────


def text_of(entry: Keys, key: str) -> str | None:
    node = entry.get(key)
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def number_of(entry: Keys, key: str) -> Fraction | None:
    node = entry.get(key)
    if not isinstance(node, Scalar) or isinstance(node.value, bool | str) or node.value is None:
        return None
    return Fraction(node.value)


def int_of(entry: Keys, key: str) -> int | None:
    found = number_of(entry, key)
    return None if found is None else int(found)


def bool_of(entry: Keys, key: str) -> bool | None:
    node = entry.get(key)
    return node.value if isinstance(node, Scalar) and isinstance(node.value, bool) else None


def keys_of(entry: Keys | None, key: str) -> Keys | None:
    node = None if entry is None else entry.get(key)
    return node if isinstance(node, Keys) else None


def items_of(entry: Keys | None, key: str) -> tuple[Node, ...]:
    node = None if entry is None else entry.get(key)
    return node.items if isinstance(node, Items) else ()


def entries_of(entry: Keys | None, key: str) -> tuple[Keys, ...]:
    return tuple(item for item in items_of(entry, key) if isinstance(item, Keys))


def texts_of(entry: Keys | None, key: str) -> tuple[str, ...]:
    return tuple(i.value for i in items_of(entry, key) if isinstance(i, Scalar) and isinstance(i.value, str))


def place(entry: Keys, key: str) -> Span:
    """Where a key's value stands, on one line."""
    pair: Pair | None = entry.pairs.get(key)
    return line(entry.span) if pair is None else line(pair.value.span)


def named(entry: Keys) -> Span:
    """Where an entry says its name, key included: no declaration of the language begins like that."""
    pair = entry.pairs.get("name")
    return line(entry.span) if pair is None else line(pair.key.span.to(pair.value.span))


def unique(entries: tuple[Keys, ...], what: str, catalog: Catalog) -> list[Keys]:
    """The entries with a name, each name once; a second one is reported."""
    first: dict[str, Span] = {}
    kept = []
    for entry in entries:
        name = text_of(entry, "name")
        if name is None:
            continue
        if name in first:
            related = [Related(first[name], "first here")]
            message = f"two {what} are called `{name}`; the first counts here"
            catalog.report(finding(codes.DUPLICATE_NAME, message, named(entry), related=related))
            continue
        first[name] = named(entry)
        kept.append(entry)
    return kept


# ── Predicates ────────────────────────────────────────────────────────────

COMPARATORS: dict[str, tree.Operator] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def predicate(entry: Keys, left: tree.Expr, catalog: Catalog, what: str) -> list[tree.Expr]:
    """The comparisons of a `predicate`, with a finding where no number is in it."""
    at = line(entry.span)
    bounds = {k: v for k in COMPARATORS if (v := number_of(entry, k)) is not None}
    low = max((bounds[k] for k in ("gt", "gte") if k in bounds), default=None)
    high = min((bounds[k] for k in ("lt", "lte") if k in bounds), default=None)
    if low is not None and high is not None:
        open_ = bounds.get("gt") == low or bounds.get("lt") == high
        if low > high or (low == high and open_):
            message = f"no number is in the range of {what}"
            catalog.report(finding(codes.EMPTY_RANGE, message, at))
    if not bounds:
        catalog.report(finding(codes.MISSING_KEY, f"the predicate of {what} compares with nothing", at))
    return [compare(left, COMPARATORS[k], number(v, place(entry, k)), place(entry, k)) for k, v in bounds.items()]


def raw(name: str, at: Span) -> tree.Expr:
    return func("raw", path(name, at), at)


def confidence(name: str, at: Span) -> tree.Expr:
    return func("confidence", path(name, at), at)
