"""Tables: what is known of each value of a signal, read row by row into columns."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wrpc.diagnostics import Fix, Related
from wrpc.policy import codes, units
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader
from wrpc.policy.columns import TITLES, Cell, Column, Keys, Type
from wrpc.policy.faults import Faults
from wrpc.policy.model import Enum, Signal, String, Table
from wrpc.policy.names import Names, written
from wrpc.policy.wording import described, quoted
from wrpc.source import Span
from wrpc.syntax import tree
from wrpc.values import record

OTHERWISE = "`otherwise`"
TAKEN = ("destination", "pool", "site")
"""What an expression reads by a dot already."""
REST = ("default", "else", "other", "others", "any", "_")
"""How other languages call all that has no row."""


def tables(names: Names, signals: Mapping[str, Signal], reader: Reader, faults: Faults) -> dict[str, Table | None]:
    """Every table by name; None for one in which something is wrong."""
    made: dict[str, Table | None] = {}
    for name, node in names.of("table").items():
        assert isinstance(node, tree.Table)
        made[name] = _Reading(node, names, signals, reader, faults).table()
    return made


@record
class _Kind:
    """What a column holds, by the first row."""

    type: Type
    at: Span
    dimension: str = ""


class _Reading:
    def __init__(
        self, node: tree.Table, names: Names, signals: Mapping[str, Signal], reader: Reader, faults: Faults
    ) -> None:
        self.node = node
        self.names = names
        self.signals = signals
        self.reader = reader
        self.faults = faults
        self.name = node.name.text
        self.kinds: dict[str, _Kind] = {}
        self.cells: dict[str, dict[str, Cell]] = {}
        self.others: dict[str, Cell] = {}
        self.words: dict[str, dict[str, None]] = {}
        self.numbers: dict[tuple[str | Fraction, str, str], Cell] = {}

    def table(self) -> Table | None:
        count = len(self.faults)
        if self.name in TAKEN:
            self.faults.add(
                codes.RESERVED_WORD,
                f"`{self.name}` has attributes of its own, and no table can be called so",
                self.node.name.span,
                help="choose another name",
            )
        keys = self.keys()
        self.first(self.node.rows[0].block)
        rows: dict[str, tree.Row] = {}
        otherwise: tree.Row | None = None
        for row in self.node.rows:
            if row.key is None:
                if otherwise is not None:
                    self.twice(OTHERWISE, row.span, otherwise.span)
                    continue
                otherwise = row
                self.row(row, self.others)
                continue
            key = row.key.text if isinstance(row.key, tree.Name) else row.key.value
            if key in rows:
                at = rows[key].key
                self.twice(f"`{key}`", row.key.span, at.span if at else row.span)
                continue
            rows[key] = row
            self.row(row, self.cells.setdefault(key, {}))
        if keys is not None:
            self.complete(keys, rows, otherwise)
        if keys is None or len(self.faults) > count:
            return None
        columns = {name: self.column(name, kind, keys) for name, kind in self.kinds.items()}
        return Table(self.name, keys.signal, columns, self.node.name.span)

    def keys(self) -> Keys | None:
        """The signal; None where it is none that a table can be of."""
        of = self.node.of
        if of.text not in self.names.of("signal") and (found := self.names.expression(of.text)) is not None:
            self.misused(f"`{of.text}` is a {found[0]}")
            return None
        if not self.names.find("signal", of):
            return None
        signal = self.signals.get(of.text)
        match signal:
            case None:
                return None
            case Signal(type=Enum(members)):
                return Keys(of.text, members)
            case Signal(type=String()):
                return Keys(of.text, None)
            case _:
                self.misused(f"`{of.text}` is a signal of type `{_TYPES[type(signal.type).__name__]}`")
                return None

    def misused(self, what: str) -> None:
        self.faults.add(
            codes.TABLE_OF_WRONG_SIGNAL,
            f"a table is of a signal of type `string` or `one_of`, and {what}",
            self.node.of.span,
            help="a `band` gives names to the ranges of a number" if "band" not in what else None,
        )

    def twice(self, what: str, span: Span, first: Span) -> None:
        self.faults.add(
            codes.DUPLICATE_NAME,
            f"{what} has two rows in the table `{self.name}`",
            span,
            related=[Related(first, "the first is here")],
        )

    def complete(self, keys: Keys, rows: Mapping[str, tree.Row], otherwise: tree.Row | None) -> None:
        """Whether every value of the signal has a row, and every row a value."""
        if keys.members is None:
            if otherwise is None:
                meant = next(
                    (r.key for r in rows.values() if isinstance(r.key, tree.Name) and r.key.text in REST), None
                )
                self.faults.add(
                    codes.MISSING_ROW,
                    f"the table `{self.name}` does not say what is known of any other `{keys.signal}`",
                    self.node.name.span,
                    help=f"did you mean `otherwise` by `{meant.text}`?"
                    if meant is not None
                    else "a string may be anything: add a row `otherwise { … }`",
                    fixes=[Fix(meant.span, "otherwise", "write `otherwise`", safe=False)] if meant is not None else (),
                )
            return
        members = dict.fromkeys(keys.members)
        for key, row in rows.items():
            if key not in members and row.key is not None:
                best = self.faults.suggest(key, members)
                self.faults.add(
                    codes.ROW_OF_NOTHING,
                    f"`{keys.signal}` is never `{key}`",
                    row.key.span,
                    help=best or "its values are " + ", ".join(f"`{m}`" for m in list(members)[:5]),
                    fixes=self.names.rename(tree.Name(row.key.span, key), members) if best else (),
                )
        missing = [m for m in members if m not in rows]
        if missing and otherwise is None:
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            self.faults.add(
                codes.MISSING_ROW,
                f"the table `{self.name}` has no row for " + ", ".join(f"`{m}`" for m in missing[:3]) + more,
                self.node.name.span,
                help="add the row, or a row `otherwise { … }`",
            )

    # ── Cells ─────────────────────────────────────────────────────────────

    def first(self, block: tree.Block) -> None:
        """The columns, as the first row has them."""
        for attribute in block.attributes:
            kind = self.kind(attribute.value)
            if kind is not None:
                self.kinds.setdefault(attribute.name.text, kind)
                self.words.setdefault(attribute.name.text, {})

    def kind(self, value: tree.Value) -> _Kind | None:
        match value:
            case tree.Number():
                amount = self.reader.amount(value)
                return None if amount is None else _Kind("number", value.span, amount.dimension)
            case tree.Text():
                return _Kind("string", value.span)
            case tree.Path(_, (name,)):
                return _Kind("bool" if name.text in ("true", "false") else "words", value.span)
            case tree.Listing():
                return _Kind("list", value.span)
            case _:
                self.faults.add(
                    codes.MIXED_COLUMN,
                    f"a table holds words, numbers, strings, `true` or `false`, and lists of words, found"
                    f" {described(value)}",
                    value.span,
                )
                return None

    def row(self, row: tree.Row, cells: dict[str, Cell]) -> None:
        attributes = row.block.attributes
        seen: dict[str, tree.Attribute] = {}
        for attribute in attributes:
            name = attribute.name.text
            if name in seen:
                self.reader.twice(name, "row", attribute.name.span, seen[name].name.span)
                continue
            seen[name] = attribute
            kind = self.kinds.get(name)
            if kind is not None:
                cell = self.cell(name, kind, attribute.value)
                if cell is not None:
                    cells[name] = cell
            elif row is not self.node.rows[0]:
                best = self.faults.suggest(name, self.kinds)
                self.faults.add(
                    codes.UNKNOWN_ATTRIBUTE,
                    f"the first row of the table `{self.name}` has no `{name}`, so no row has",
                    attribute.name.span,
                    help=best or "give it in the first row, and in every other",
                    fixes=self.names.rename(attribute.name, self.kinds) if best else (),
                )
        if len(seen) < len(self.kinds) or not seen.keys() >= self.kinds.keys():
            missing = [name for name in self.kinds if name not in seen]
            if missing:
                at = (
                    row.key.span
                    if row.key is not None
                    else Span(row.span.source, row.span.start, row.span.start + len("otherwise"))
                )
                self.faults.add(
                    codes.INCOMPLETE_ROW,
                    "this row does not give " + ", ".join(f"`{m}`" for m in missing[:5]),
                    at,
                    help="every row gives every attribute of the first row",
                    related=[Related(self.kinds[missing[0]].at, "the first row does")],
                )

    def cell(self, name: str, kind: _Kind, value: tree.Value) -> Cell | None:
        match value:
            case tree.Path(_, (word,)):
                truth = word.text in ("true", "false")
                if kind.type == "bool" and truth:
                    return word.text == "true"
                if kind.type == "words" and not truth:
                    if not self.names.allowed(word, v.RESERVED_MEMBERS):
                        return None
                    self.words[name][word.text] = None
                    return word.text
            case tree.Number() if kind.type == "number":
                return self.number(kind, value)
            case tree.Text(_, text) if kind.type == "string":
                return text
            case tree.Listing() if kind.type == "list":
                return self.list(name, value)
            case _:
                pass
        self.differs(name, kind, value)
        return None

    def number(self, kind: _Kind, value: tree.Number) -> Cell | None:
        key = value.text or value.value, value.unit, kind.dimension
        if key not in self.numbers:
            amount = self.reader.amount(value)
            if amount is None:
                return None
            if amount.dimension != kind.dimension:
                self.faults.add(
                    codes.UNIT_MISMATCH,
                    f"a column holds numbers of one dimension: {units.title(kind.dimension)} in the first row, and"
                    f" {units.title(amount.dimension)} here",
                    value.span,
                    help=f"write a number such as `{units.example(kind.dimension)}`",
                    related=[Related(kind.at, "the first row")],
                )
                return None
            self.numbers[key] = amount.value
        return self.numbers[key]

    def list(self, name: str, listing: tree.Listing) -> Cell | None:
        found: dict[str, tree.Name] = {}
        sound = True
        for item in listing.items:
            match item:
                case tree.Path(_, (word,)):
                    sound &= self.names.allowed(word, v.RESERVED_MEMBERS)
                    if word.text in found:
                        self.faults.add(
                            codes.DUPLICATE_NAME, f"`{word.text}` appears twice in one list", word.span,
                            related=[Related(found[word.text].span, "first here")],
                        )  # fmt: skip
                    found[word.text] = word
                    self.words[name][word.text] = None
                case tree.Text(span, text):
                    fix = Fix(span, written(text), "drop the quotes")
                    self.faults.add(
                        codes.QUOTES, "a list in a table holds words, which have no quotes", span,
                        help=f"write `{fix.text}`", fixes=[fix],
                    )  # fmt: skip
                    sound = False
                case _:
                    self.faults.add(
                        codes.MIXED_COLUMN, f"a list in a table holds words, found {described(item)}", item.span
                    )
                    sound = False
        return frozenset(found) if sound else None

    def differs(self, name: str, kind: _Kind, value: tree.Value) -> None:
        fixes: list[Fix] = []
        match value:
            case tree.Text(span, text) if kind.type == "words":
                fixes = [Fix(span, written(text), "drop the quotes")]
            case tree.Path(span, (word,)) if kind.type == "string":
                fixes = [Fix(span, quoted(word.text), "write it as a string")]
            case tree.Path(span, (word,)) if kind.type == "list" and word.text not in v.RESERVED_MEMBERS:
                fixes = [Fix(span, f"[{written(word.text)}]", "write it as a list")]
            case _:
                pass
        self.faults.add(
            codes.MIXED_COLUMN,
            f"`{name}` is {TITLES[kind.type]} in the first row, and {described(value)} here",
            value.span,
            help=f"write `{fixes[0].text}`" if fixes else "the values of one column have one type",
            fixes=fixes,
            related=[Related(kind.at, "the first row")],
        )

    # ── Columns ───────────────────────────────────────────────────────────

    def column(self, name: str, kind: _Kind, keys: Keys) -> Column:
        cells = {key: row[name] for key, row in self.cells.items()}
        names = tuple(self.words[name])
        other = self.others.get(name)
        return Column(self.name, name, keys, kind.type, cells, other, names, kind.dimension, at=kind.at)


_TYPES = {"Bool": "bool", "Int": "int", "Real": "real", "Set": "any_of", "Score": "score"}
