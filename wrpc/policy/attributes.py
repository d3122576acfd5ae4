"""Reading a block by the table of `vocabulary`: types, dimensions, bounds; unknown attributes and repeated ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from wrpc.diagnostics import Fix, Related, nearest
from wrpc.policy import codes, meant, units
from wrpc.policy import kinds as k
from wrpc.policy import vocabulary as v
from wrpc.policy.faults import Faults
from wrpc.policy.free import Free
from wrpc.policy.model import Amount, Bounds, Env, Value, Word
from wrpc.policy.names import Names, written
from wrpc.policy.readings import Reading
from wrpc.policy.wording import described, limits, quoted, spelling
from wrpc.source import Span
from wrpc.syntax import tree

SMALL = frozenset({"tier", "priority", "retries", "replicas", "tensor_parallel", "pipeline_parallel", "language"})
"""Numbers that are seldom in the thousands."""

_ONCE = {
    "when": "join the two conditions with `and`",
    "to": "separate two pools with a comma: `to a, b`",
}


class Reader:
    """Reads attributes and values; every fault is reported once, at the value."""

    def __init__(self, names: Names, faults: Faults) -> None:
        self.names = names
        self.faults = faults
        self.free = Free(self)

    # ── Blocks ────────────────────────────────────────────────────────────

    def block(
        self, block: str, attributes: Iterable[tree.Attribute], besides: Iterable[str] = (), known: str = ""
    ) -> Reading:
        """The attributes of one block. `besides` are clauses that a suggestion may name too."""
        table = v.BLOCKS[block]
        rest = next(((name, kind) for name, kind in table.items() if isinstance(kind, k.Rest)), None)
        reading = Reading()
        for attribute in attributes:
            name = attribute.name.text
            kind = table.get(name)
            if rest is not None and (kind is None or kind is rest[1]) and self.among(rest[1], attribute):
                if self.once(reading, attribute, known or block):
                    held = self.read(rest[1].of, attribute.value, name)
                    if held is not None:
                        reading.values.setdefault(rest[0], {})[name] = held  # type: ignore[index]  # made here
                        reading.spans.setdefault(rest[0], attribute.name.span)
                continue
            if kind is None or isinstance(kind, k.Rest):
                self.unknown(known or block, attribute.name, (*table, *besides))
                continue
            if not self.once(reading, attribute, known or block):
                continue
            value = self.read(kind, attribute.value, name)
            if value is not None:
                reading.values[name] = value
        return reading

    def among(self, rest: k.Rest, attribute: tree.Attribute) -> bool:
        """Whether what is no attribute is one of the names that a block holds besides: what has a value of their type,
        or a known word with any. A word that is not known is a warning."""
        value, of = attribute.value, rest.of
        if isinstance(value, tree.Number) and isinstance(of, k.Quantity):
            unit = units.unit(value.unit)
            if unit is not None and unit.dimension == of.dimension:
                self.familiar(attribute.name.text, rest.names, attribute.name.span)
                return True
        from wrpc.policy import familiar

        return familiar.familiar(attribute.name.text, rest.names)

    def once(self, reading: Reading, attribute: tree.Attribute, block: str) -> bool:
        name = attribute.name.text
        first = reading.spans.get(name)
        if first is not None:
            self.twice(name, block, attribute.name.span, first)
            return False
        reading.spans[name] = attribute.name.span
        return True

    def twice(self, name: str, block: str, span: Span, first: Span) -> None:
        self.faults.add(
            codes.DUPLICATE_ATTRIBUTE,
            f"`{name}` appears twice in one `{block}`",
            span,
            help=_ONCE.get(name),
            related=[Related(first, "first given here")],
        )

    def unknown(self, block: str, name: tree.Name, known: Iterable[str]) -> None:
        words = set(known)
        other = meant.attribute(name, words)
        if other is not None:
            message = f"`{block}` has no attribute `{name.text}`"
            self.faults.add(codes.UNKNOWN_ATTRIBUTE, message, name.span, help=other[0], fixes=other[1])
            return
        best = self.faults.suggest(name.text, words)
        advice = best or (
            f"`{block}` takes " + ", ".join(f"`{w}`" for w in sorted(words)) if words else None
        )  # fmt: skip
        if "labels" in words:
            advice = (
                advice + "; " if advice else ""
            ) + f"attributes of your own go into `labels {{ {written(name.text)} … }}`"
        self.faults.add(
            codes.UNKNOWN_ATTRIBUTE,
            f"`{block}` has no attribute `{name.text}`",
            name.span,
            help=advice,
            fixes=self.names.rename(name, words) if best else (),
        )

    # ── One value by its type ─────────────────────────────────────────────

    def read(self, kind: k.Kind, value: tree.Value, name: str) -> object | None:
        """The value as its type has it; None where it does not fit, which is then reported."""
        match kind:
            case k.Quantity():
                return self.quantity(kind, value, name)
            case k.Phrase():
                return self.phrase(value, name)
            case k.Familiar(of):
                word = self.phrase(value, name)
                if word is not None:
                    self.familiar(word, of, value.span, quote=isinstance(value, tree.Text))
                return word
            case k.Quoted():
                if isinstance(value, tree.Text):
                    return value.value
                if isinstance(value, tree.Path):
                    fix = Fix(value.span, quoted(value.text), "write it as a string")
                    self.quoting(value.span, f"`{name}` takes a string, not the name `{value.text}`", fix)
                    return None
                self.wrong(value, name, "a string")
                return None
            case k.Words(words):
                return self.word(value, name, words)
            case k.Identifier():
                bare = self.bare(value, name, "a name")
                return bare.text if bare else None
            case k.Reference(of):
                bare = self.bare(value, name, f"the name of a {of}")
                return bare.text if bare and self.names.find(of, bare) else None
            case k.Several(of):
                return self.several(of, value, name)
            case k.Between():
                return self.between(kind, value, name)
            case k.Table(of, names):
                return self.table(of, value, name, names)
            case k.Nested(block):
                if not isinstance(value, tree.Block):
                    self.wrong(value, name, "a block", "`" + " … ".join(v.BLOCKS[block]) + " …`")
                    return None
                return self.block(block, value.attributes, known=name)
            case k.Address():
                read = self.free.value(value)
                if isinstance(read, (str, Env)):
                    return read
                if read is not None:
                    self.wrong(value, name, "a string or `env(…)`")
                return None
            case k.Secret():
                return self.free.secret(value, name)
            case k.Labels():
                return self.labels(value, name)
            case k.Either(options):
                return self.either(options, value, name)
            case k.Free():
                return self.free.value(value)
            case k.Worded():
                if isinstance(value, (tree.Number, tree.Range)):
                    self.wrong(value, name, "a word, a list or a block")
                    return None
                if name == "tools" and isinstance(value, tree.Path) and value.text != "none":
                    self._hardly_none(value)
                return self.free.value(value)
            case k.Distribution():
                return self.distribution(value, name)
            case k.Waivers() | k.Elsewhere() | k.Rest():
                return None
            case _:
                assert_never(kind)

    def amount(self, number: tree.Number) -> Amount | None:
        """A number in base units; reports an unknown unit."""
        if not number.unit:
            return Amount(number.value, "")
        unit = units.unit(number.unit)
        if unit is not None:
            return Amount(number.value * unit.scale, unit.dimension)
        advice = meant.unit(number)
        self.faults.add(
            codes.UNKNOWN_UNIT,
            f"`{number.unit}` is not a unit",
            number.span,
            fixes=advice[1] if advice else (),
            help=(advice[0] if advice else self.faults.suggest(number.unit, units.UNITS))
            or "units are such as `k`, `Ki`, `%`, `ms`, `s`, `min`, `h`, `GiB`, `kW`, `USD`, `/s`, `USD/h`, `USD/Mtok`",
        )
        return None

    def quantity(self, kind: k.Quantity, value: tree.Value, name: str) -> Amount | None:
        if not isinstance(value, tree.Number):
            advice = meant.unquoted(value)
            if advice is None:
                example = "2" if name in SMALL else units.example(kind.dimension)
                self.wrong(value, name, units.title(kind.dimension), f"`{example}`")
            else:
                message = f"`{name}` takes {units.title(kind.dimension)}, found a string"
                self.faults.add(codes.WRONG_TYPE, message, value.span, help=advice[0], fixes=advice[1])
            return None
        amount = self.amount(value)
        if amount is None or not self.fits(amount, kind.dimension, value.span, f"`{name}`"):
            return None
        if kind.whole and amount.value.denominator != 1:
            self.outside(value, f"`{name}` takes a whole number")
            return None
        low, high = kind.low, kind.high
        below = low is not None and (amount.value < low or (kind.low_open and amount.value == low))
        if below or (high is not None and amount.value > high):
            self.outside(value, f"`{name}` is {limits(kind)}")
            return None
        return amount

    def fits(self, amount: Amount, dimension: str, span: Span, what: str) -> bool:
        """Whether an amount has the dimension that `what` takes; reports it where not."""
        if amount.dimension == dimension:
            return True
        self.faults.add(
            codes.UNIT_MISMATCH,
            f"{what} takes {units.title(dimension)}, found {units.title(amount.dimension)}",
            span,
            help=f"write it such as `{meant.amount(span.text, dimension, what)}`",
        )
        return False

    def outside(self, number: tree.Number, rule: str) -> None:
        self.faults.add(codes.OUT_OF_RANGE, f"{rule}, found `{spelling(number)}`", number.span)

    def phrase(self, value: tree.Value, name: str) -> str | None:
        if isinstance(value, tree.Text):
            return value.value
        if isinstance(value, tree.Path) and len(value.parts) == 1:
            return value.text
        self.wrong(value, name, "a string")
        return None

    def bare(self, value: tree.Value, name: str, expected: str) -> tree.Name | None:
        """A single bare name; a string in its place is repaired by dropping the quotes."""
        if isinstance(value, tree.Path) and len(value.parts) == 1:
            return value.parts[0]
        if isinstance(value, tree.Text):
            fix = Fix(value.span, written(value.value), "drop the quotes")
            self.quoting(value.span, f"`{name}` takes {expected}, not a string", fix)
            return None
        self.wrong(value, name, expected)
        return None

    def quoting(self, span: Span, message: str, fix: Fix) -> None:
        bare = "" if fix.text.startswith('"') else ", without quotes"
        self.faults.add(codes.QUOTES, message, span, fixes=[fix], help=f"write `{fix.text}`{bare}")

    def word(self, value: tree.Value, name: str, words: tuple[str, ...]) -> str | None:
        bare = self.bare(value, name, "one of " + ", ".join(f"`{w}`" for w in words))
        return bare.text if bare and self.one_of(bare, words, f"`{name}`") else None

    def one_of(self, word: tree.Name, words: tuple[str, ...], what: str) -> bool:
        """Whether a word stands in a closed list; reports it where not."""
        if word.text in words:
            return True
        best = self.faults.suggest(word.text, words)
        self.faults.add(
            codes.UNKNOWN_WORD,
            f"{what} has no `{word.text}`",
            word.span,
            help=best or "known: " + ", ".join(f"`{w}`" for w in words),
            fixes=self.names.rename(word, words) if best else (),
        )
        return False

    def several(self, of: k.Kind, value: tree.Value, name: str) -> tuple[object, ...] | None:
        items = value.items if isinstance(value, tree.Listing) else (value,)
        read = [self.read(of, item, name) for item in items]
        found: dict[object, int] = {}
        for index, (item, made) in enumerate(zip(items, read, strict=True)):
            if not isinstance(made, str):
                continue
            if made in found:
                self.twice(made, name, item.span, items[found[made]].span)
                read[index] = None
            found.setdefault(made, index)
        return tuple(r for r in read if r is not None)

    def between(self, kind: k.Between, value: tree.Value, name: str) -> Bounds | None:
        one = k.Quantity(whole=True, low=kind.low)
        if not isinstance(value, tree.Range):
            if not isinstance(value, tree.Number):
                self.wrong(value, name, "a whole number or a range", "`2..6`")
                return None
            amount = self.quantity(one, value, name)
            return Bounds(amount, amount) if amount else None
        low, high = self.quantity(one, value.low, name), self.quantity(one, value.high, name)
        if low is None or high is None:
            return None
        if low.value > high.value:
            self.upside_down(value)
            return None
        return Bounds(low, high)

    def upside_down(self, value: tree.Range) -> None:
        low, high = spelling(value.low), spelling(value.high)
        self.faults.add(
            codes.OUT_OF_RANGE,
            f"a range starts with its lower end, found `{low}..{high}`",
            value.span,
            help=f"write `{high}..{low}`",
            fixes=[Fix(value.span, f"{high}..{low}", "turn it round", safe=False)],
        )

    def distribution(self, value: tree.Value, name: str) -> Value | None:
        match value:
            case tree.Number() | tree.Range() | tree.Text():
                self.wrong(value, name, "points or a distribution", '`[[512, 40%], [8k, 100%]]` or `cdf("file.json")`')
                return None
            case tree.Call(_, called, _):
                self.familiar(called.text, "distribution of lengths", called.span)
            case tree.Path() as path:
                self.familiar(path.text, "distribution of lengths", path.span)
            case _:
                pass
        return self.free.value(value)

    def _hardly_none(self, value: tree.Path) -> None:
        """`tools nonee`: a word is the one tool that is left, and this one most likely means that none is."""
        if nearest(value.text, ["none"], 1, 0.8):
            self.faults.add(
                codes.UNFAMILIAR_WORD,
                f"`{value.text}` is taken for the name of the one tool that is left",
                value.span,
                help="did you mean `none`?",
                fixes=[Fix(value.span, "none", "write `none`", safe=False)],
            )

    def familiar(self, word: str, of: str, span: Span, *, quote: bool = False) -> None:
        """Warns of a word that is none of the known ones of its kind; any may stand, and most often it is a slip."""
        from wrpc.policy import familiar

        if familiar.familiar(word, of):
            return
        before = familiar.spelled(word, of)
        close = nearest(before, familiar.KNOWN[of], 1)
        fixed = "" if not close else close[0] + word[len(before) :] if word.lower().startswith(before) else close[0]
        written_ = quoted(fixed) if quote else written(fixed)
        self.faults.add(
            codes.UNFAMILIAR_WORD,
            f"`{word}` is no {of} that wrpc knows",
            span,
            help=f"did you mean `{close[0]}`?" if close else "if it is meant, nothing has to change",
            fixes=[Fix(span, written_, f"write `{fixed}`", safe=False)] if close else (),
        )

    def table(self, of: k.Kind, value: tree.Value, name: str, names: str = "") -> dict[str, object] | None:
        if not isinstance(value, tree.Block):
            self.wrong(value, name, "a block of names and values")
            return None
        reading = Reading()
        for attribute in value.attributes:
            if self.once(reading, attribute, name):
                if names:
                    self.familiar(attribute.name.text, names, attribute.name.span)
                made = self.read(of, attribute.value, attribute.name.text)
                if made is not None:
                    reading.values[attribute.name.text] = made
        return reading.values

    def labels(self, value: tree.Value, name: str) -> dict[str, object] | None:
        """Words and strings, and numbers in base units."""
        if not isinstance(value, tree.Block):
            self.wrong(value, name, "a block", "`{ team red }`")
            return None
        reading = Reading()
        for attribute in value.attributes:
            if not self.once(reading, attribute, name):
                continue
            match attribute.value:
                case tree.Text(_, text):
                    reading.values[attribute.name.text] = text
                case tree.Path() as path if len(path.parts) == 1:
                    reading.values[attribute.name.text] = Word(path.text)
                case tree.Number() as number:
                    amount = self.amount(number)
                    if amount is not None:
                        reading.values[attribute.name.text] = amount
                case other:
                    self.wrong(other, attribute.name.text, "a label's word, string or number")
        return reading.values

    def either(self, options: tuple[k.Kind, ...], value: tree.Value, name: str) -> object | None:
        """The option whose form fits; of several numbers the one whose dimension does."""
        for option in options:
            match option:
                case k.Quantity(dimension) if isinstance(value, tree.Number):
                    unit = units.unit(value.unit)
                    if unit is None or unit.dimension == dimension or option is options[-1]:
                        return self.read(option, value, name)
                case k.Several() if isinstance(value, tree.Listing):
                    return self.read(option, value, name)
                case _:
                    pass
        return self.read(options[0], value, name)

    def wrong(self, value: tree.Node, name: str, expected: str, example: str = "", fixes: Iterable[Fix] = ()) -> None:
        self.faults.add(
            codes.WRONG_TYPE,
            f"`{name}` takes {expected}, found {described(value)}",
            value.span,
            help=f"such as {example}" if example else None,
            fixes=fixes,
        )
