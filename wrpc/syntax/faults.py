"""What a token that fits nowhere means in human words, and how reading may go on behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any, NamedTuple

from wrpc.diagnostics import Code, Diagnostic, Fix, Related, did_you_mean, finding, nearest
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax import tree as t
from wrpc.syntax.parser import DEEPEST, OPENERS, TOO_DEEP, Parser, last_end
from wrpc.syntax.words import DECLARATIONS, IDENTIFIER, Token

CLOSERS = {")": "(", "]": "[", "}": "{"}
CLOSES = {opener: closer for closer, opener in CLOSERS.items()}
OPERATORS = {"==", "!=", "<", "<=", ">", ">=", "in", "within", "not", "and", "or", "+", "-", "*"}
EXPRESSION = {"NAME", "NUMBER", "STRING", "(", "[", "-", "+", "not"}
VALUE = {"NAME", "NUMBER", "STRING", "[", "{"}
KINDS = {"NAME": "a name", "NUMBER": "a number", "STRING": "a string in double quotes", "$END": "the end of the file"}

FOREIGN = {
    "&&": "and",
    "||": "or",
    "!": "not",
    "=": "==",
    "&": "and",
    "|": "or",
}
"""Signs of other languages, and the words of this one for them."""


class Repair(NamedTuple):
    """Go on at an offset, or with a word read as another kind. `keep`: the declaration is what was meant."""

    at: int
    word: Token | None = None
    keep: bool = False


Verdict = tuple[Diagnostic, Repair | None]


class Fault:
    """A token before which a parser stands, in a text that is read up to `end`."""

    def __init__(self, parser: Parser, token: Token, end: int) -> None:
        self.parser = parser
        self.source = parser.source
        self.values = parser.values
        self.kind, self.start, self.end = token
        self.word = self.source.text[self.start : self.end]
        self.span = Span(self.source, self.start, self.end)
        self.limit = end

    def judge(self, habit: Callable[[], Verdict | None]) -> Verdict:
        """What is wrong, and how to go on. `habit`: whether it is a way in which another language says it."""
        special: Sequence[Callable[[], Verdict | None]] = (
            self._too_deep, self._unclosed_text, habit, self._foreign, self._chain, self._brackets,
            self._misspelt, self._quotes, self._named_default,
        )  # fmt: skip
        for judge in special:
            verdict = judge()
            if verdict is not None:
                return verdict
        return self._unexpected()

    def _says(
        self, code: Code, message: str, *, repair: Repair | None = None, span: Span | None = None,
        help: str | None = None, fixes: Sequence[Fix] = (), related: Sequence[Related] = (),
    ) -> Verdict:  # fmt: skip
        return finding(code, message, span or self.span, help=help, fixes=fixes, related=related), repair

    # ── What stands where ────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def expected(self) -> set[str]:
        actions = self.parser.table.states[self.parser.states[-1]]
        return {kind for kind in actions if not _is_rule(kind) and self.parser.takes(kind)}

    @cached_property
    def top(self) -> bool:
        """Whether a declaration should begin here."""
        return all(type(value) is list for value in self.values)

    @cached_property
    def opener(self) -> Token | None:
        """The innermost bracket that is open."""
        at = innermost(self.values, OPENERS)
        return None if at is None else self.values[at]

    @cached_property
    def open(self) -> frozenset[str]:
        """Every kind of bracket that is open."""
        deep: dict[str, int] = {}
        for value in self.values:
            if type(value) is tuple and value[0] in OPENERS:
                deep[value[0]] = deep.get(value[0], 0) + 1
            elif type(value) is tuple and value[0] in CLOSERS:
                deep[CLOSERS[value[0]]] = deep.get(CLOSERS[value[0]], 0) - 1
        return frozenset(kind for kind, count in deep.items() if count > 0)

    @cached_property
    def item(self) -> bool:
        """Whether an attribute or a clause might begin here."""
        brace = innermost(self.values, OPENERS)
        if brace is None or not {"NAME", "}"} <= self.expected:
            return False
        return "<attribute>" in self.parser.table.states[self.parser.states[brace + 1]]

    @cached_property
    def started(self) -> int:
        """Where the attribute begins that is being read; 0 for none."""
        at = innermost(self.values, {"{"})
        if at is None:
            return 0
        rest = [value for value in self.values[at + 1 : at + 3] if type(value) is not list]
        return rest[0].span.start if rest and isinstance(rest[0], t.Name) else 0

    @cached_property
    def found(self) -> str:
        if self.kind == "$END":
            following = self.source.text[self.limit : self.limit + 200].partition("{")[0].split()
            return f"the declaration `{cut(' '.join(following[:2]))}`" if following else "the end of the file"
        if self.kind == "NAME" and self.word not in self.parser.table.words:
            return "the name " + (cut(self.word) if self.word[0] == "`" else f"`{cut(self.word)}`")
        if self.kind == "NUMBER":
            return f"the number `{cut(self.word)}`"
        if self.kind == "STRING":
            return f"the string {cut(self.word)}"
        return f"`{cut(self.word)}`" if self.word.isprintable() else f"the character U+{ord(self.word[0]):04X}"

    def last(self, back: int = 1) -> Any:
        return self.values[-back] if len(self.values) >= back else None

    # ── Special cases, most telling first ────────────────────────────────────────────────────────────────────────

    def _too_deep(self) -> Verdict | None:
        if self.kind != TOO_DEEP:
            return None
        message = f"`{self.word}` opens level {DEEPEST + 1} of nesting; there may be {DEEPEST}"
        return self._says(codes.DEEP_NESTING, message, help="give a part a name of its own with `let`")

    def _unclosed_text(self) -> Verdict | None:
        if self.kind not in ("unclosed text", "unclosed name"):
            return None
        what = "text" if self.kind == "unclosed text" else "name"
        span = Span(self.source, self.start, self.start + len(self.word.rstrip()))
        message = f"the {what} that begins here has no closing `{self.word[0]}`" if what == "text" else (
            "the name that begins here has no closing backtick"
        )  # fmt: skip
        return self._says(codes.UNCLOSED_TEXT, message, span=span, help=f"a {what} ends on the line it begins on")

    @property
    def begin(self) -> int:
        """Where the declaration begins that the token does not fit into."""
        for value in self.values:
            if type(value) is not list:
                return value[1] if type(value) is tuple else int(value.span.start)
        return self.start

    def _foreign(self) -> Verdict | None:
        """Signs that other languages have."""
        word = FOREIGN.get(self.word)
        if word and word in self.expected and self.kind in ("operator", "="):
            fix = Fix(self.span, word if word != "not" else "not ", f"write `{word}`")
            repair = Repair(self.end, (word, self.start, self.end), keep=True)
            return self._says(
                codes.FOREIGN_SIGN, f"`{self.word}` is written `{word}`", repair=repair, help=fix.title, fixes=[fix]
            )
        if self.kind == "quoted":
            return self._single_quotes()
        if self.word in ("=", ":") and isinstance(self.last(), t.Name) and "STRING" in self.expected:
            glued = self.source.text[self.start - 1] != " " and not self.source.text[self.end : self.end + 1].isspace()
            fix = Fix(self.span, " " if glued else "", f"leave out the `{self.word}`")
            name = self.last().text
            message = f"there is no `{self.word}` between `{name}` and its value"
            repair = Repair(self.end, keep=True)
            return self._says(codes.FOREIGN_SIGN, message, repair=repair, help=f"write `{name} VALUE`", fixes=[fix])
        if self.word == ";":
            fix = Fix(self.span, "", "leave out the `;`")
            repair = Repair(self.end, keep=True)
            message = "there is no `;` at the end: a line break or a comma is enough"
            return self._says(codes.FOREIGN_SIGN, message, repair=repair, help=fix.title, fixes=[fix])
        if self.word == "/" and self.source.text.startswith(("//", "/*"), self.start):
            line = self.source.text.find("\n", self.start)
            repair = Repair(line if line >= 0 else self.limit, keep=True)
            return self._says(codes.FOREIGN_SIGN, "a comment begins with `#`", repair=repair, help="write `#`")
        if self.word == "/" and self.expected & {"*"}:
            return self._says(
                codes.FOREIGN_SIGN, "numbers are not divided", help="multiply by a constant, such as `0.5 * x`"
            )
        if self.kind == "word":
            fix = Fix(self.span, f"`{self.word}`", "put it in backticks")
            named = Repair(self.end, ("NAME", self.start, self.end), keep=True) if "NAME" in self.expected else None
            message = f"`{cut(self.word)}` has letters that only a name in backticks may have"
            return self._says(codes.FOREIGN_SIGN, message, repair=named, help=f"write {cut(fix.text)}", fixes=[fix])
        return self._no_number() if self.kind in ("number", ".") else None

    def _no_number(self) -> Verdict | None:
        digits = self.source.text[self.end : self.end + 1].isdigit()
        repair = Repair(self.end, ("NUMBER", self.start, self.end)) if "NUMBER" in self.expected else None
        if self.kind == "number":
            message, hint = f"`{cut(self.word)}` is not a number", "numbers are such as `8k`, `0.85`, `1_000`"
            return self._says(codes.UNEXPECTED_TEXT, message, repair=repair, help=hint)
        if digits and is_token(self.last(), "..") and self.last()[2] == self.start:
            fix = Fix(self.span, "", "leave out the third point")
            low = self.values[-2].span.text if isinstance(self.values[-2], t.Number) else "0"
            message = f"a range has two points: `{low}..`"
            repair = Repair(self.end, keep=True)
            return self._says(codes.UNEXPECTED_TEXT, message, repair=repair, help=fix.title, fixes=[fix])
        if digits and repair:
            fix = Fix(Span(self.source, self.start, self.start), "0", "write a zero before the point")
            message = "a number begins with a digit, found `.`"
            return self._says(
                codes.UNEXPECTED_TEXT, message, repair=Repair(self.end, keep=True), help=fix.title, fixes=[fix]
            )
        if isinstance(self.last(), t.Number):
            hint = "write a digit after the point, or leave it out"
            end = self.end
            while self.source.text[end : end + 1].isalpha():
                end += 1
            fix = Fix(self.span, "", "leave out the point")
            repair = Repair(end, keep=end == self.end)
            message = "a number has a digit after its point"
            return self._says(codes.UNEXPECTED_TEXT, message, repair=repair, help=hint, fixes=[fix])
        return None

    def _single_quotes(self) -> Verdict | None:
        closed = len(self.word) > 1 and self.word[-1] == "'"
        if not closed:
            return self._says(codes.FOREIGN_SIGN, "strings need double quotes", help='write `"…"`')
        inside = self.word[1:-1].replace("\\", "\\\\").replace('"', '\\"')
        fix = Fix(self.span, f'"{inside}"', "use double quotes")
        kind = "STRING" if "STRING" in self.expected else "NAME" if "NAME" in self.expected else ""
        repair: Repair | None = Repair(self.end, (kind, self.start, self.end), keep=True) if kind else None
        if kind == "NAME":
            fix = Fix(self.span, plain(self.word[1:-1]), "leave out the quotes")
        elif re.search(rf"\b(?:one_of|any_of)\([^)]*\b{re.escape(inside)}\b", self.source.text) and "==" not in inside:
            fix = Fix(self.span, plain(self.word[1:-1]), "leave out the quotes")
            message = "a value of a signal has no quotes"
            repair = Repair(self.end, ("NAME", self.start, self.end), keep=True)
            return self._says(codes.FOREIGN_SIGN, message, repair=repair, help=f"write `{fix.text}`", fixes=[fix])
        return self._says(
            codes.FOREIGN_SIGN, "strings need double quotes", repair=repair, help=f"write `{fix.text}`", fixes=[fix]
        )

    def _chain(self) -> Verdict | None:
        if self.kind not in ("==", "!=", "<", "<=", ">", ">=") or "and" not in self.expected:
            return None
        if not {"and", "or"} & self.expected or self.kind in self.expected:
            return None
        return self._says(codes.UNEXPECTED_TEXT, "comparisons cannot be chained", help="write `a < b and b < c`")

    def _brackets(self) -> Verdict | None:
        ends = {"}", "and", "=="} & self.expected  # a value stands before it, so that leaving it out mends the text
        if ends and self.kind in ")]" and self.opener and self.opener[0] == "{" and CLOSERS[self.kind] not in self.open:
            fix = Fix(self.span, "", f"leave out the `{self.kind}`")
            message = f"`{self.kind}` closes nothing"
            repair = Repair(self.end, keep=True)
            return self._says(codes.UNCLOSED_BRACKET, message, repair=repair, help=fix.title, fixes=[fix])
        if self.top and self.kind in CLOSERS:
            message = f"`{self.kind}` closes nothing"
            return self._says(codes.UNCLOSED_BRACKET, message, repair=Repair(self.end) if self.kind == "}" else None)
        if self.opener is None:
            return None
        opener, start, end = self.opener
        wrong = self.kind in CLOSERS and CLOSES[opener] in self.expected
        apart = "\n" in self.source.text[last_end(self.values) : self.start]
        missed = apart and opener != "{" and CLOSES[opener] in self.expected
        if self.kind != "$END" and not wrong and not missed:
            return None
        related = [Related(Span(self.source, start, end), f"this `{opener}` is not closed")]
        behind = last_end(self.values)
        one_line = "\n" not in self.source.text[start:behind]
        lacks = (missed and not wrong) or (self.kind == "$END" and one_line)
        span = Span(self.source, behind, behind) if lacks else self.here  # on the line that lacks it
        return self._says(
            codes.UNCLOSED_BRACKET, f"expected `{CLOSES[opener]}`, found {self.found}", span=span, related=related
        )

    @cached_property
    def here(self) -> Span:
        """The token, or the word that begins the next piece, or the place behind the last word of the text."""
        if self.kind != "$END":
            return self.span
        if self.limit < len(self.source.text):
            word = IDENTIFIER.match(self.source.text, self.limit)
            return Span(self.source, self.limit, word.end() if word else self.limit + 1)
        end = last_end(self.values)
        return Span(self.source, end, end)

    def _misspelt(self) -> Verdict | None:
        """A clause whose keyword is misspelt was taken for an attribute, and fails behind its first value."""
        if self.opener is None or self.opener[0] != "{":
            return None
        brace = self.values.index(self.opener)
        height = brace + 2 if len(self.values) > brace + 1 and type(self.values[brace + 1]) is list else brace + 1
        name = self.values[height] if len(self.values) > height else None
        if not isinstance(name, t.Name):
            return None
        actions = self.parser.table.states[self.parser.states[height]]
        clauses = [
            kind for kind in actions if kind.isidentifier() and kind.islower() and self.parser.takes(kind, height)
        ]
        close = nearest(cut(name.text), clauses, 1)
        if not close or not self._fits(close[0], name.span, height):
            return None
        del self.values[height:], self.parser.states[height + 1 :]
        repair = Repair(name.span.end, (close[0], name.span.start, name.span.end), keep=True)
        return self._says(
            codes.UNKNOWN_KEYWORD, f"no clause `{name.text}`", span=name.span, repair=repair,
            help=did_you_mean(cut(name.text), clauses), fixes=[Fix(name.span, close[0], f"write `{close[0]}`")],
        )  # fmt: skip

    def _fits(self, keyword: str, span: Span, height: int) -> bool:
        """Whether the token would fit if a word before it were this keyword."""
        trial = Parser(self.source, self.end, careful=True)
        trial.states[:] = self.parser.states[: height + 1]
        trial.values[:] = self.values[:height]
        fails = trial.run(span.end, (keyword, span.start, span.end))
        return fails is None or fails[1] > self.start

    def _quotes(self) -> Verdict | None:
        """A text where a name belongs, or the other way round."""
        if self.kind == "STRING" and "NAME" in self.expected and not self.item:
            name = plain(self.word[1:-1])
            fixes = [Fix(self.span, name, "leave out the quotes")] if name else []
            repair = Repair(self.end, ("NAME", self.start, self.end), keep=True)
            return self._says(
                codes.QUOTED_NAME, f"expected a name, found {self.found}", repair=repair, fixes=fixes,
                help=f"write {name if name[0] == '`' else f'`{name}`'}, without quotes" if name else None,
            )  # fmt: skip
        if self.kind == "NAME" and "STRING" in self.expected:
            text = self.word.strip("`")
            repair = Repair(self.end, ("STRING", self.start, self.end), keep=True)
            return self._says(
                codes.UNQUOTED_TEXT, f"expected a string in double quotes, found {self.found}", repair=repair,
                help=f'write `"{text}"`', fixes=[Fix(self.span, f'"{text}"', "put it in double quotes")],
            )  # fmt: skip
        return None

    def _named_default(self) -> Verdict | None:
        before = self.last()
        if self.kind != "NAME" or type(before) is not tuple or before[0] != "default":
            return None
        fix = Fix(Span(self.source, before[2], self.end), "", "leave out the name")
        repair = Repair(self.end, keep=True)
        message = f"`default` has no name, found `{self.word}`"
        return self._says(codes.UNEXPECTED_TEXT, message, repair=repair, help=fix.title, fixes=[fix])

    # ── The general case ─────────────────────────────────────────────────────────────────────────────────────────

    def _unexpected(self) -> Verdict:
        hint, last, related = None, self.last(), []
        if self.kind == "}" and isinstance(last, t.Name) and last.span.start == self.started:
            hint = {
                "denied": "write `denied true`",
                "served": "write `served true`",
                "deny": "write `action deny`",
            }.get(last.text)
            return self._says(codes.UNEXPECTED_TEXT, f"`{cut(last.text)}` has no value", span=last.span, help=hint)
        if is_token(last, ","):
            hint = "a comma after a name continues the list"
        elif self.kind == "NUMBER" and isinstance(last, t.Name) and last.text == "weight":
            hint = "a comma stands between two pools"
        if self.opener and self.opener[0] != "{" and CLOSES[self.opener[0]] in self.expected:
            opener = Span(self.source, self.opener[1], self.opener[2])
            related = [Related(opener, f"this `{self.opener[0]}` is not closed")]
        message = f"expected {self.wanted()}, found {self.found}"
        span = self.here
        behind = last_end(self.values)
        next_line = "\n" in self.source.text[behind : self.start] and (self.word.isidentifier() or self.kind in "}$END")
        if next_line and not {"}", "$END"} & self.expected:
            span = Span(self.source, behind, behind)  # on the line that is not finished
        return self._says(codes.UNEXPECTED_TEXT, message, span=span, help=hint, related=related)

    def wanted(self) -> str:
        """What might stand here: at most five things, the closest first."""
        if self.top:
            return "a declaration"
        rest = set(self.expected)
        parts: list[str] = []
        if rest >= EXPRESSION - {"not"}:
            parts.append("an expression")
            rest -= EXPRESSION
        elif rest >= VALUE:
            parts.append("a value")
            rest -= VALUE
        if "==" in rest or ("*" in rest and "+" in rest):
            parts.append("an operator")
            rest -= OPERATORS
        if self.item:
            clauses = {kind for kind in rest if kind.isidentifier() and kind.islower()} - OPERATORS
            parts.append("a clause" if clauses else "an attribute")
            rest -= clauses | {"NAME"}
        if {"pool", "route", "$END"} <= rest:
            rest -= DECLARATIONS | {"$END", "SETTLED"}
            parts += [f"`{kind}`" for kind in sorted(rest & CLOSERS.keys())] + ["a declaration"]
            rest -= CLOSERS.keys()
        weak = {",", ".", "("}
        rest -= weak if parts or rest - weak else set()
        parts += [KINDS.get(kind, f"`{kind}`") for kind in sorted(rest, key=_order) if kind != "SETTLED"]
        parts = parts[:5]
        return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " or " + parts[-1]


def _is_rule(symbol: str) -> bool:
    return symbol[0] == "<" and symbol[-1] == ">" and len(symbol) > 2


def _order(kind: str) -> tuple[int, str]:
    return (0 if kind in KINDS else 2 if kind in CLOSERS else 1, kind)


def cut(text: str) -> str:
    """So much of a text as a message has room for."""
    return text if len(text) <= 40 else f"{text[:38]}…{text[-1]}"


def plain(text: str) -> str:
    """A name of this text, as it would be written; "" where there is none."""
    if IDENTIFIER.fullmatch(text):
        return text
    return f"`{text}`" if text and "`" not in text and "\n" not in text else ""


def innermost(values: list[Any], openers: AbstractSet[str]) -> int | None:
    """Where the last of these brackets stands that is open."""
    closed = 0
    for at in reversed(range(len(values))):
        if type(values[at]) is tuple:
            closed += values[at][0] in CLOSERS
            if values[at][0] in OPENERS:
                if closed == 0 and values[at][0] in openers:
                    return at
                closed = max(closed - 1, 0)
    return None


def is_token(value: object, kind: str) -> bool:
    return type(value) is tuple and value[0] == kind
