"""Signals: their type, where they come from, when they fire and what a failure means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from wrpc.diagnostics import Fix, Related
from wrpc.policy import codes
from wrpc.policy import model as m
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader
from wrpc.policy.faults import Faults
from wrpc.policy.given import Given
from wrpc.policy.names import Names, written
from wrpc.policy.readings import Reading
from wrpc.policy.sources import OF_POOL, SOURCES, Source
from wrpc.policy.units import spell
from wrpc.policy.wording import described, spelling
from wrpc.syntax import tree

TYPES = ("bool", "int", "real", "one_of", "any_of", "string", "score")


class Signals:
    def __init__(self, names: Names, reader: Reader, faults: Faults) -> None:
        self.names = names
        self.reader = reader
        self.faults = faults
        self.given = Given(reader, faults)

    def signal(self, node: tree.Signal) -> m.Signal | None:
        """The signal, or None where its type is unknown."""
        attributes = node.block.attributes if node.block else ()
        reading = self.reader.block("signal", attributes)
        kind = self.type(node)
        if kind is not None:
            kind = self.threshold(node, kind, reading)
        source, known = self.source(attributes)
        if "source" not in reading.spans:
            self.faults.add(
                codes.SIGNAL_WITHOUT_SOURCE,
                f"the signal `{node.name.text}` has no `source`, so it counts as one that can fail",
                node.name.span,
                help="give it a `source`",
            )
        if kind is None:
            return None
        can_fail = known is None or known.fallible
        signal = m.Signal(
            name=node.name.text,
            type=kind,
            source=source,
            on_error=self.on_error(kind, reading, can_fail),
            can_fail=can_fail,
            evidence=self.evidence(kind, reading, source),
            span=node.name.span,
            description=reading.get("description", str) or "",
            labels=reading.table("labels"),
        )
        return self.absent(signal, attributes, reading)

    # ── Types ─────────────────────────────────────────────────────────────

    def type(self, node: tree.Signal) -> m.Type | None:
        written = node.type
        if isinstance(written, tree.Path):
            name = written.parts[0]
            arguments: tuple[tree.Argument, ...] = ()
        else:
            name, arguments = written.name, written.arguments
        match name.text:
            case "bool" | "string":
                if isinstance(written, tree.Call):
                    self.wrong(written, f"`{name.text}` takes nothing in parentheses", f"`{name.text}`")
                    return None
                return m.Bool() if name.text == "bool" else m.String()
            case "int" | "real":
                return self.numeric(name.text, written, arguments)
            case "one_of" | "any_of":
                members = self.members(name.text, written, arguments)
                if members is None:
                    return None
                return m.Enum(members) if name.text == "one_of" else m.Set(members)
            case "score":
                if not arguments and isinstance(written, tree.Path):
                    return m.Score()
                ends = self.range("score", written, arguments)
                return None if ends is None else m.Score(ends[0].value, ends[1].value)
            case other:
                best = self.faults.suggest(other, TYPES)
                self.faults.add(
                    codes.UNKNOWN_WORD,
                    f"no type is called `{other}`",
                    name.span,
                    help=best or "types are " + ", ".join(f"`{t}`" for t in TYPES),
                    fixes=self.names.rename(name, TYPES) if best else (),
                )
                return None

    def wrong(self, node: tree.Node, message: str, example: str) -> None:
        self.faults.add(codes.WRONG_ARGUMENTS, message, node.span, help=f"write it such as {example}")

    def range(
        self, type: str, node: tree.Node, arguments: tuple[tree.Argument, ...]
    ) -> tuple[m.Amount, m.Amount] | None:
        """The two ends of a type's range, of one dimension and in order."""
        match arguments:
            case (tree.Argument(_, None, tree.Range() as range),):
                pass
            case _:
                example = {"int": "int(0..1M)", "score": "score(-1..1)"}.get(type, "real(0..1)")
                ends = re.search(_ENDS, node.span.text)
                fixes: Sequence[Fix] = ()
                if ends is not None:
                    example = f"{type}({ends.group(1)}..{ends.group(2)})"
                    fixes = [Fix(node.span, example, f"write `{example}`")]
                message = f"`{type}` takes the range of its values"
                self.faults.add(
                    codes.WRONG_ARGUMENTS, message, node.span, help=f"write it such as `{example}`", fixes=fixes
                )
                return None
        low, high = self.reader.amount(range.low), self.reader.amount(range.high)
        if low is None or high is None:
            return None
        if low.dimension != high.dimension:
            self.reader.fits(high, low.dimension, range.high.span, "the upper end of this range")
            return None
        if type == "score" and not self.reader.fits(low, "", range.span, "the range of a score"):
            return None
        if low.value > high.value:
            self.reader.upside_down(range)
            return None
        return low, high

    def numeric(self, type: str, node: tree.Node, arguments: tuple[tree.Argument, ...]) -> m.Int | m.Real | None:
        ends = self.range(type, node, arguments)
        if ends is None:
            return None
        low, high = ends
        if type == "real":
            return m.Real(low.value, high.value, low.dimension)
        if low.value.denominator != 1 or high.value.denominator != 1:
            self.faults.add(
                codes.OUT_OF_RANGE, "the ends of an `int` range are whole numbers", node.span,
                help="write `real(…)` if the values have fractions",
            )  # fmt: skip
            return None
        return m.Int(int(low.value), int(high.value), low.dimension)

    def members(self, type: str, node: tree.Node, arguments: tuple[tree.Argument, ...]) -> tuple[str, ...] | None:
        found: dict[str, tree.Name] = {}
        sound = True
        for argument in arguments:
            match argument.value:
                case tree.Path(_, (name,)) if argument.name is None:
                    sound &= self.names.allowed(name, v.RESERVED_MEMBERS)
                    if name.text in found:
                        self.faults.add(
                            codes.DUPLICATE_NAME, f"`{name.text}` appears twice in one `{type}`", name.span,
                            related=[Related(found[name.text].span, "first here")],
                        )  # fmt: skip
                    found.setdefault(name.text, name)
                case tree.Text(span, text) if argument.name is None:
                    fix = Fix(span, written(text), "drop the quotes")
                    self.reader.quoting(span, f"`{type}` takes names, which have no quotes", fix)
                    found.setdefault(text, tree.Name(span, text))
                case other:
                    sound = False
                    self.wrong(other, f"`{type}` takes names, found {described(other)}", f"`{type}(red, blue)`")
        if not found and sound:
            self.wrong(node, f"`{type}` names no value, so it can have none", f"`{type}(red, blue)`")
        return tuple(found) if found and sound else None

    # ── When it fires ─────────────────────────────────────────────────────

    def threshold(self, node: tree.Signal, type: m.Type, reading: Reading) -> m.Type | None:
        given = [a for a in ("threshold", "above") if a in reading.spans]
        if not given:
            return type
        if not isinstance(type, m.Score):
            for attribute in (*given, *(["evidence"] if "evidence" in reading.spans else [])):
                self.faults.add(
                    codes.MISPLACED_PART,
                    f"`{attribute}` is for signals of type `score`, and `{node.name.text}` has another type",
                    reading.spans[attribute],
                )
            return type
        if len(given) == 2:
            self.faults.add(
                codes.CONTRADICTING_PARTS,
                "a score has a `threshold` or an `above`, found both",
                reading.spans["above"],
                related=[Related(reading.spans["threshold"], "the other one")],
            )
            return type
        value = reading.fraction(given[0])
        if value is None:
            return None
        above = given[0] == "above"
        if not type.low <= value <= type.high or (above and value == type.high):
            block = node.block
            assert block is not None
            number = next(a.value for a in block.attributes if a.name.text == given[0])
            shown = f"`{spelling(number)}`" if isinstance(number, tree.Number) else "it"
            limits = f"{spell(type.low)}..{spell(type.high)}"
            why = "nothing lies above it" if above and value == type.high else f"the score lies in {limits}"
            self.faults.add(
                codes.OUT_OF_RANGE,
                f"`{given[0]}` of `{node.name.text}` is {shown}, and {why}",
                number.span,
                help=f"write {shown[:-1]}%`"
                if 1 < value <= 100 and isinstance(number, tree.Number) and not number.unit
                else "give the score another range, such as `score(-1..1)`"
                if value < 0 or value > 1
                else None,
            )
            return m.Score(type.low, type.high, value, above)  # so that its readers are not reported as well
        return m.Score(type.low, type.high, value, above)

    def on_error(self, type: m.Type, reading: Reading, can_fail: bool) -> m.OnError | None:
        word = reading.get("on_error", str)
        if word is None:
            return None
        span = reading.spans["on_error"]
        if word in ("fires", "silent") and not isinstance(type, (m.Bool, m.Score)):
            self.faults.add(
                codes.MISPLACED_PART,
                f"`on_error {word}` is only for signals of type `bool` and `score`",
                span,
                help="`on_error deny` is for every type; without one a failed signal is unknown",
            )
        elif not can_fail:
            self.faults.add(
                codes.USELESS_ON_ERROR,
                "this signal is computed from the request itself and cannot fail, so `on_error` has no effect",
                span,
                help="delete it",
            )
        return _ON_ERROR[word]

    def absent(self, signal: m.Signal, attributes: tuple[tree.Attribute, ...], reading: Reading) -> m.Signal:
        """The signal with what `absent` says. A header or a cookie cannot fail then; a claim can, with its token."""
        value = next((a.value for a in attributes if a.name.text == "absent"), None)
        if value is None:
            return signal
        span = reading.spans["absent"]
        source = signal.source.name if signal.source is not None else ""
        if source not in m.ABSENTEES:
            if source or not any(a.name.text == "source" for a in attributes):  # else that is wrong already
                self.faults.add(
                    codes.MISPLACED_PART,
                    f"`absent` is for a signal from a header, a claim or a cookie, and `{signal.name}` is none",
                    span,
                    help="what a failure means is for `on_error` to say" if signal.can_fail else "delete it",
                )
            return signal
        if source != "claim" and signal.on_error is not None:
            self.faults.add(
                codes.CONTRADICTING_PARTS,
                f"a {source} with `absent` cannot fail, so `on_error` beside it contradicts it",
                span,
                related=[Related(reading.spans["on_error"], "the other one")],
                help="keep one: `absent` gives it a value, `on_error` takes it for a failure",
            )
            return signal
        found = self.given.absent(signal, value)
        return signal if found is None else replace(signal, absent=found, can_fail=source == "claim")

    def evidence(self, type: m.Type, reading: Reading, source: m.Invocation | None) -> str:
        if (
            "evidence" in reading.spans
            and not isinstance(type, m.Score)
            and not ({"threshold", "above"} & set(reading.spans))
        ):
            self.faults.add(
                codes.MISPLACED_PART, "`evidence` belongs to a signal of type `score`", reading.spans["evidence"]
            )
        return reading.get("evidence", str) or (source.name if source else "")

    # ── Sources ───────────────────────────────────────────────────────────

    def source(self, attributes: tuple[tree.Attribute, ...]) -> tuple[m.Invocation | None, Source | None]:
        value = next((a.value for a in attributes if a.name.text == "source"), None)
        match value:
            case None:
                return None, None
            case tree.Path(_, (name,)):
                arguments: tuple[tree.Argument, ...] = ()
            case tree.Call(_, name, arguments):
                pass
            case _:
                self.faults.add(
                    codes.WRONG_TYPE, f"`source` takes the name of a source, found {described(value)}", value.span,
                    help='such as `prompt_tokens` or `header("x-tenant")`',
                )  # fmt: skip
                return None, None
        known = SOURCES.get(name.text)
        if known is None:
            best = self.faults.suggest(name.text, SOURCES)
            self.faults.add(
                codes.UNKNOWN_WORD,
                f"no source is called `{name.text}`",
                name.span,
                help=best or 'a service of your own is `service("name", …)`',
                fixes=self.names.rename(name, list(SOURCES)) if best else (),
            )
            return None, None
        count = len(self.faults)
        self.arguments(name, known, arguments, value)
        made = m.Invocation(name.text)
        if isinstance(value, tree.Call) and len(self.faults) == count:
            made = self.reader.free.invocation(value)
        return made, known

    def arguments(self, name: tree.Name, source: Source, arguments: tuple[tree.Argument, ...], node: tree.Node) -> None:
        plain = [a for a in arguments if a.name is None]
        few, many = len(plain) < source.least, source.most is not None and len(plain) > source.most
        example = f'`{name.text}("…")`' if source.least else f"`{name.text}`"
        if few or many or (not source.named and arguments):
            count = "nothing" if source.most == 0 else "one argument" if source.most == 1 else "at least one argument"
            self.wrong(node, f"the source `{name.text}` takes {count}", example)
            return
        for argument in plain:
            self.argument(name, source, argument.value)

    def argument(self, name: tree.Name, source: Source, value: tree.Value | tree.Expr) -> None:
        if name.text in OF_POOL:
            match value:
                case tree.Path(_, (pool,)):
                    self.names.find("pool", pool)
                case _:
                    self.wrong(value, f"`{name.text}` takes the name of a pool", f"`{name.text}(local)`")
            return
        texts = value.items if isinstance(value, tree.Listing) and source.form == "texts" else (value,)
        for text in texts:
            if source.form in ("text", "texts") and not isinstance(text, tree.Text):
                said = text.span.text
                plain = '"' not in said and "\n" not in said and not isinstance(text, tree.Listing)
                fix = Fix(text.span, f'"{said}"', "put it in double quotes")
                self.faults.add(
                    codes.WRONG_ARGUMENTS,
                    f"`{name.text}` takes strings, found {described(text)}",
                    text.span,
                    help=f'strings need double quotes: write `{name.text}("{said if plain else "…"}")`',
                    fixes=[fix] if plain else (),
                )
            elif name.text == "pattern" and isinstance(text, tree.Text):
                self.pattern(text)

    def pattern(self, text: tree.Text) -> None:
        try:
            re.compile(re.sub(_DIALECT, "x", text.value))
        except (re.error, OverflowError, RecursionError) as error:
            self.faults.add(
                codes.BAD_PATTERN, f"this is not a regular expression: {error}", text.span,
                help="backslashes in a string are written twice",
            )  # fmt: skip


_ON_ERROR: Mapping[str, m.OnError] = {"fires": "fires", "silent": "silent", "deny": "deny"}

_ENDS = r"\(\s*(-?\d[\w.%]*?)\s*(?:,|-|to\b|:)\s*(\d[\w.%]*)\s*\)\s*$"
"""A range as other languages write it."""

# What other dialects write and Python's does not; any of it stands for a letter here.
_DIALECT = r"\\p\{\^?\w+\}|\\[pP][A-Za-z]|\\[PXRC](?:\{\w+\})?|\\z|\(\?[imsU-]+\)|\[\[:\^?\w+:\]\]"
