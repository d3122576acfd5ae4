"""Signs and letters that other languages and word processors have."""

from __future__ import annotations

import re
import unicodedata

from wrpc.diagnostics import Edit, Fix
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax.faults import Repair, Verdict
from wrpc.syntax.habits.scene import Scene

SIGNS = {
    "===": "==", "!==": "!=", "<>": "!=", "=>": ">=", "=<": "<=", "=!": "!=", "~=": "!=", "/=": "!=", "=>=": ">=",
    "≥": ">=", "≤": "<=", "≠": "!=", "⩾": ">=", "⩽": "<=", "∧": "and", "∨": "or", "¬": "not ", "∈": "in", "∉": "not in",
    "×": "*", "−": "-", "→": "->",
}  # fmt: skip
RUN = re.compile(r"[=!<>~&|:+*/^-]+")
LETTERS = {
    "AND": "and", "And": "and", "OR": "or", "Or": "or", "NOT": "not", "Not": "not", "IN": "in", "gt": ">", "gte": ">=",
    "ge": ">=", "lt": "<", "lte": "<=", "le": "<=", "eq": "==", "ne": "!=", "neq": "!=", "is": "==", "equals": "==",
    "xor": "!=",
}  # fmt: skip
# What a string is asked for in other languages, and the function that asks it here.
TEXTS = {
    "like": "prefix", "LIKE": "prefix", "ilike": "prefix", "startswith": "prefix", "starts_with": "prefix",
    "startsWith": "prefix", "endswith": "suffix", "ends_with": "suffix", "endsWith": "suffix", "matches": "matches",
    "regex": "matches", "match": "matches", "prefix": "prefix", "suffix": "suffix",
    **dict.fromkeys(("contains", "has", "includes", "include", "contain"), "contains"),
}  # fmt: skip
MEMBERS = frozenset(("contains", "has", "includes", "include", "contain"))
STATEMENTS = frozenset(("when", "and", "or", "not", "(", "=", "forbid", "always", "never", "escalate"))
QUOTES = {"“": "”", "”": "”", "„": "“", "«": "»", "‘": "’", "’": "’", "‚": "‘", "＂": "＂"}


def letter(scene: Scene) -> Verdict | None:
    """A character that looks like another or like nothing."""
    if scene.fault is None or scene.here.kind not in ("other", "word", "operator"):
        return None
    char = scene.here.text[0]
    if char.isascii():
        return None
    span = Span(scene.source, scene.here.start, scene.here.start + 1)
    number = f"U+{ord(char):04X}"
    if unicodedata.category(char) in ("Cf", "Cc") or char == "\ufeff":
        fix = Fix(span, "", "remove it")
        message = f"there is an invisible character here, {number}"
        return scene.says(
            codes.FOREIGN_SIGN, message, span, help="remove it", fix=fix, repair=Repair(span.end, keep=True)
        )
    if char in QUOTES:
        line = scene.source.text[scene.here.start :].partition("\n")[0]
        closed = re.match(rf"{char}([^\n{QUOTES[char]}]*)[{QUOTES[char]}]", line)
        if closed is None:
            return scene.says(
                codes.FOREIGN_SIGN, f"strings need double quotes, found `{char}`", span, help='write `"…"`'
            )
        inside = closed.group(1)
        span = Span(scene.source, scene.here.start, scene.here.start + closed.end())
        fix = Fix(span, f'"{inside}"', "use straight double quotes")
        wanted = "STRING" in scene.fault.expected
        repair = Repair(span.end, ("STRING", span.start, span.end), keep=True) if wanted else None
        message = f"strings need straight double quotes, found `{char}`"
        return scene.says(codes.FOREIGN_SIGN, message, span, help=f'write `"{inside}"`', fix=fix, repair=repair)
    if char in SIGNS:
        fix = Fix(span, SIGNS[char], f"write `{SIGNS[char].strip()}`")
        word = SIGNS[char].strip()
        repair = Repair(span.end, (word, span.start, span.end), keep=True) if word in scene.fault.expected else None
        return scene.says(
            codes.FOREIGN_SIGN, f"`{char}` is written `{word}`", span, help=fix.title, fix=fix, repair=repair
        )
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) == 1 and folded.isascii() and not folded.isalnum():
        fix = Fix(span, folded, f"write `{folded}`")
        repair = Repair(span.end, (folded, span.start, span.end), keep=True) if folded in scene.fault.expected else None
        return scene.says(
            codes.FOREIGN_SIGN,
            f"`{char}` ({number}) is written `{folded}`",
            span,
            help=fix.title,
            fix=fix,
            repair=repair,
        )
    return None


def run(scene: Scene) -> Verdict | None:
    """Signs of other languages that are made of several: `===`, `<>`, `=>`."""
    if scene.fault is None or not RUN.match(scene.here.text):
        return None
    start = scene.here.start
    while start > 0 and RUN.match(scene.source.text[start - 1]):
        start -= 1
    found = RUN.match(scene.source.text, start)
    assert found, "it begins with such a sign"
    text = found.group()
    span = Span(scene.source, start, found.end())
    back = next((at for at, word in enumerate(scene.words) if word.start >= start), scene.at)
    after = next((word for word in scene.words[scene.at :] if word.start >= found.end()), scene.word(-1))
    if text in ("=>", "->") and after.text == "to":
        fix = Fix(Span(scene.source, start, after.start), "", f"leave out the `{text}`")
        message = f"there is no `{text}` before `to`"
        return scene.says(codes.FOREIGN_SIGN, message, span, help=fix.title, fix=fix)
    if text in (":", "=") and scene.word(back - 2).kind == "." and "==" in scene.fault.expected:
        fix = Fix(span, " ==" if text == ":" else "==", "write `==`")
        equals = Repair(found.end(), ("==", start, found.end()), keep=True)
        return scene.says(
            codes.FOREIGN_SIGN, f"`{text}` is written `==`", span, help="write `==`", fix=fix, repair=equals
        )
    if text in ("<", "<=", ">", ">=") and scene.before.text in ("and", "or") and scene.word(back - 4).kind == "NAME":
        name = scene.word(back - 4).text
        fix = Fix(Span(scene.source, start, start), f"{name} ", f"write `{name}` again")
        message = f"a comparison has two sides, found `{scene.before.text} {text}`"
        hint = f"write `{scene.before.text} {name} {text} …`"
        return scene.says(codes.UNEXPECTED_TEXT, message, span, help=hint, fix=fix)
    if text in ("=>", "->") and scene.kind in ("route", "default") and _ends(scene, after):
        fix = Fix(span, " to", "write `to`")
        fix = Fix(span, "to" if scene.source.text[start - 1] == " " else " to", "write `to`")
        message = f"a destination begins with `to`, found `{text}`"
        return scene.says(codes.FOREIGN_SIGN, message, span, help="write `to`", fix=fix)
    if text in SIGNS and scene.word(back - 1).kind in ("NAME", "NUMBER", "STRING", ")"):
        fix = Fix(span, SIGNS[text], f"write `{SIGNS[text]}`")
        repair = None
        if back == scene.at and SIGNS[text] in scene.fault.expected:
            repair = Repair(found.end(), (SIGNS[text], start, found.end()), keep=True)
        elif scene.words[back].kind == SIGNS[text]:
            repair = Repair(found.end(), keep=True)
        return scene.says(
            codes.FOREIGN_SIGN, f"`{text}` is written `{SIGNS[text]}`", span, help=fix.title, fix=fix, repair=repair
        )
    if text in ("~", "=~", "~=", "!~", "~*"):
        message = f"`{text}` is not an operator here"
        hint = 'write `matches(tenant, "eu-.*")`; a signal may have `source pattern("…")`'
        return scene.says(codes.FOREIGN_SIGN, message, span, help=hint)
    if text in (":=", "=", ":", "==") and "=" in scene.fault.expected and scene.at <= 3:
        if text == "=":
            return None
        fix = Fix(span, "=", "write `=`")
        repair = Repair(found.end(), ("=", start, found.end()), keep=True)
        message = f"{scene.one} has a `=` after its name, found `{text}`"
        return scene.says(codes.FOREIGN_SIGN, message, span, help="write `=`", fix=fix, repair=repair)
    if text in (":=", "=", ":") or (text == "==" and scene.kind == "test"):
        return _needless(scene, span, text)
    return None


def _ends(scene: Scene, after: object) -> bool:
    """Whether the sign stands between a condition and one name that ends the clause."""
    at = next((at for at, word in enumerate(scene.words) if word == after), -1)
    if at < 0 or scene.words[at].kind != "NAME":
        return False
    following = scene.word(at + 1)
    return (
        following.kind in ("}", ",") or following.first or following.text in ("fallback", "weight", "tier")
    ) and any(word.text == "when" for word in scene.words[: scene.at])


def _needless(scene: Scene, span: Span, text: str) -> Verdict | None:
    """A `:` or `=` behind a keyword, or before a brace."""
    before = scene.word(next((at for at, word in enumerate(scene.words) if word.start >= span.start), scene.at) - 1)
    repair = Repair(span.end, keep=True)
    spaced = scene.source.text[span.start - 1 : span.start] == " "
    removed = Span(scene.source, span.start - 1, span.end) if spaced else span
    glued = not spaced and not scene.source.text[span.end : span.end + 1].isspace()
    fix = Fix(removed, " " if glued else "", f"leave out the `{text}`")
    assert scene.fault, "asked only at a fault"
    if "{" in scene.fault.expected and scene.brace < 0:
        after = scene.word(scene.at + 1)
        at_brace = scene.source.text[span.end :].lstrip()[:1] == "{"
        message = (
            f"there is no `{text}` before `{{`"
            if at_brace
            else f"the body of {scene.one} has `{{ }}` around it, found `{text}`"
        )
        name = scene.word(1).text
        if scene.kind == "override" and name == "signal" and not at_brace:
            changed = scene.word(2).text
            message = f"an override of a signal says no type, since the signal keeps its own; found `{text}`"
            return scene.says(codes.FOREIGN_SIGN, message, span, help=f"write `override signal {changed} {{ … }}`")
        hint = fix.title if at_brace else f"write `{scene.kind} {name} {{ … }}`"
        del after
        return scene.says(
            codes.FOREIGN_SIGN, message, span, help=hint, fix=fix if at_brace else None,
            repair=repair if at_brace else None,
        )  # fmt: skip
    keyword = before.kind == "NAME" and scene.brace >= 0
    if not keyword or before.text in ("and", "or", "not", "in"):
        return None
    if text == "=" and "==" in scene.fault.expected:
        return None
    if not ({"NAME", "STRING", "{", "[", "NUMBER"} & scene.fault.expected or before.text == "weight"):
        return None
    message = f"there is no `{text}` between `{before.text}` and its value"
    return scene.says(codes.FOREIGN_SIGN, message, span, help=f"write `{before.text} VALUE`", fix=fix, repair=repair)


def comment(scene: Scene) -> Verdict | None:
    """`// …`, `/* … */`, `-- …`, `% …`."""
    if scene.fault is None:
        return None
    text, start = scene.source.text, scene.here.start
    mark = next((m for m in ("//", "/*", "--", "<!--", ";") if text.startswith(m, start)), "")
    if mark == ";" and not (scene.fault.top and scene.here.first):
        return None
    if not mark or (mark == "--" and not (scene.fault.top or scene.here.first)):
        return None
    if mark == "--" and text.startswith("---", start) and scene.fault.top:
        span = Span(scene.source, start, start + 3)
        fix, message = Fix(span, "", "leave it out"), "`---` is for YAML, and means nothing here"
        repair = Repair(span.end, keep=True)
        return scene.says(codes.FOREIGN_SIGN, message, span, help=fix.title, fix=fix, repair=repair)
    line = text.find("\n", start)
    line = line if line >= 0 else len(text)
    fix, end = Fix(Span(scene.source, start, start + len(mark)), "#", "write `#`"), line
    if mark == "/*":
        close = text.find("*/", start)
        if close < 0 or close > line:
            return scene.says(
                codes.FOREIGN_SIGN, "a comment begins with `#`", Span(scene.source, start, start + 2),
                help="write `#` before each of its lines",
                repair=Repair(min(close + 2, scene.fault.limit), keep=True) if close > 0 else None,
            )  # fmt: skip
        alone = not text[close + 2 : line].strip()
        end = close + 2
        if alone:
            away = Edit(Span(scene.source, close, close + 2), "")
            fix = Fix(fix.span, "#", "write `#`", also=(away,))
        else:
            fix = Fix(Span(scene.source, start, end), "", "leave it out")
    span = Span(scene.source, start, start + len(mark))
    repair = Repair(min(end, scene.fault.limit), keep=True)
    return scene.says(codes.FOREIGN_SIGN, "a comment begins with `#`", span, help="write `#`", fix=fix, repair=repair)


def spelt(scene: Scene) -> Verdict | None:
    """`AND`, `gt`, `is`, `contains`: words that are no operators here."""
    last = min(scene.at + 1, len(scene.words))
    for at in range(max(scene.since, 1), last):
        word = scene.words[at]
        if word.kind != "NAME":
            continue
        before, after = scene.words[at - 1], scene.word(at + 1)
        operand = before.kind in ("NAME", "NUMBER", "STRING", ")", "]") and before.text not in STATEMENTS
        if word.text in ("NOT", "Not") and before.text in STATEMENTS and after.kind in ("NAME", "("):
            fix = Fix(scene.span(at), "not", "write `not`")
            return scene.says(
                codes.FOREIGN_SIGN, f"`{word.text}` is written `not`", scene.span(at), help="write `not`", fix=fix
            )
        if not operand or not _condition(scene, at) or after.kind == "}":
            continue
        if word.text in LETTERS:
            sign, end = LETTERS[word.text], at
            if sign == "==" and after.text in ("true", "false"):
                written = before.text if after.text == "true" else f"not {before.text}"
                fix = Fix(scene.span(at - 1, at + 1), written, f"write `{written}`")
                message = f"`{scene.text(at - 1, at + 1)}` compares a condition, which is true or false by itself"
                return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=fix.title, fix=fix)
            if word.text == "is" and after.text == "not":
                sign, end = "!=", at + 1
            if sign == "in" and after.kind not in ("[", "NAME"):
                continue
            fix = Fix(scene.span(at, end), sign, f"write `{sign}`")
            message = f"`{scene.text(at, end)}` is written `{sign}`"
            return scene.says(codes.FOREIGN_SIGN, message, scene.span(at, end), help=fix.title, fix=fix)
        if word.text in TEXTS and (word.text not in MEMBERS or after.kind == "STRING"):
            return _asked(scene, at, TEXTS[word.text])
        if word.text in MEMBERS and after.kind == "NAME":
            written = f"{after.text} in {before.text}"
            fix = Fix(scene.span(at - 1, at + 1), written, f"write `{written}`")
            message = f"`{word.text}` is not an operator here"
            return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=fix.title, fix=fix)
        if word.text in ("between", "BETWEEN") and after.kind == "NUMBER" and scene.word(at + 2).text in ("and", "AND"):
            low, high = after.text, scene.word(at + 3).text
            written = f"{before.text} >= {low} and {before.text} <= {high}"
            fix = Fix(scene.span(at - 1, at + 3), written, f"write `{written}`")
            message = "`between` is not an operator here"
            return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=fix.title, fix=fix)
        if word.text == "not" and after.kind in ("NAME", "STRING") and at == scene.at - 1 and scene.fault is not None:
            if "in" not in scene.fault.expected:
                continue
            message = "`not` after a value can only begin `not in`"
            hint = f"write `{before.text} != {after.text}`, or `{before.text} not in [{after.text}]`"
            fix = Fix(scene.span(at), "!=", "write `!=`")
            return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=hint, fix=fix)
    return None


def _asked(scene: Scene, at: int, function: str) -> Verdict:
    """`tenant contains "eu"`: a function, with the text as it stands where it means the same."""
    word, before, after = scene.words[at], scene.words[at - 1], scene.word(at + 1)
    said = after.text if after.kind == "STRING" else '"…"'
    written = f"{function}({before.text}, {said})"
    sound = before.kind == "NAME" and scene.word(at - 2).kind != "." and after.kind == "STRING"
    fix = Fix(scene.span(at - 1, at + 1), written, f"write `{written}`")
    same = sound and word.text.lower() not in ("like", "ilike") and "`" not in written
    message = f"`{word.text}` is not an operator here"
    return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=f"write `{written}`", fix=fix if same else None)


def _condition(scene: Scene, at: int) -> bool:
    """Whether a condition is being read: a word that begins one stands before, and only operands since."""
    for back in range(at - 1, -1, -1):
        word = scene.words[back]
        if word.text in ("when", "and", "or", "not", "forbid", "always", "never") or word.kind in ("=", "(", ")"):
            return True
        if word.kind not in ("NAME", "NUMBER", "STRING", ".", "==", "!=", "<", "<=", ">", ">=", "]", "["):
            return False
        if word.first and scene.depths[back] <= 1:
            return False
    return False


def method(scene: Scene) -> Verdict | None:
    """`tenant.startsWith("eu-")`."""
    if (
        scene.fault is None
        or scene.here.kind != "("
        or scene.before.kind != "NAME"
        or scene.word(scene.at - 2).kind != "."
    ):
        return None
    signal, name = scene.word(scene.at - 3).text, scene.before.text
    close = scene.closing(scene.at)
    span = scene.span(scene.at - 3, close if close > 0 else scene.at)
    message = f"signals have no methods, found `{signal}.{name}(…)`"
    if name.lower() in ("startswith", "starts_with", "prefix") and close == scene.at + 2:
        written = f"prefix({signal}, {scene.word(scene.at + 1).text})"
        return scene.says(
            codes.FOREIGN_SIGN, message, span, help=f"write `{written}`", fix=Fix(span, written, f"write `{written}`")
        )
    if name.lower() in ("contains", "has", "includes") and close == scene.at + 2:
        written = f"{scene.word(scene.at + 1).text.strip(chr(34))} in {signal}"
        return scene.says(codes.FOREIGN_SIGN, message, span, help=f"write `{written}`")
    return scene.says(codes.FOREIGN_SIGN, message, span, help="functions are `prefix(SIGNAL, TEXT)` and others")


def between(scene: Scene) -> Verdict | None:
    """`tokens in 8k..16k`."""
    if (
        scene.fault is None
        or scene.here.kind != ".."
        or scene.before.kind != "NUMBER"
        or scene.word(scene.at - 2).text != "in"
    ):
        return None
    name, low, high = scene.word(scene.at - 3).text, scene.before.text, scene.word(scene.at + 1)
    written = f"{name} >= {low} and {name} <= {high.text}"
    fix = scene.replace(scene.at - 3, scene.at + 1, written) if high.kind == "NUMBER" else None
    message = "a range is no list: both of its ends are compared"
    return scene.says(
        codes.FOREIGN_SIGN, message, scene.span(scene.at - 1, scene.at + 1), help=f"write `{written}`", fix=fix
    )


def variable(scene: Scene) -> Verdict | None:
    """`$tokens`, `${tokens}`, `{{tokens}}`, `a ? b : c`, `@x`."""
    fault = scene.fault
    if fault is None:
        return None
    at, here = scene.at, scene.here
    if here.text == "$" and scene.word(at + 1).kind == "NAME" and scene.touches(at + 1):
        fix = Fix(scene.span(at), "", "leave out the `$`")
        message = "names are written without `$`"
        return scene.says(
            codes.FOREIGN_SIGN, message, scene.span(at), help=fix.title, fix=fix, repair=Repair(here.end, keep=True)
        )
    found = re.compile(r"(?:\$\{|\{\{)\s*(\w+)\s*\}\}?").match(scene.source.text, here.start)
    if found and (here.text == "$" or "NAME" in fault.expected):
        span = Span(scene.source, here.start, found.end())
        fix = Fix(span, found.group(1), f"write `{found.group(1)}`")
        repair = Repair(found.end(), ("NAME", here.start, found.end())) if "NAME" in fault.expected else None
        mark = "${" if here.text == "$" else "{{"
        return scene.says(
            codes.FOREIGN_SIGN, f"names are written without `{mark} }}`", span, help=fix.title, fix=fix, repair=repair
        )
    if here.text == "?":
        hint = "write two routes, each with its `when`; what neither takes goes to the `default`"
        return scene.says(codes.FOREIGN_SIGN, "`? :` does not choose here", scene.span(at), help=hint)
    if here.text == "%" and "*" in fault.expected and scene.word(at + 1).kind == "NUMBER":
        return scene.says(codes.FOREIGN_SIGN, "`%` is not an operator here: numbers have no remainder", scene.span(at))
    if here.text == ";" and fault.opener and fault.opener[0] in "([":
        fix = Fix(scene.span(at), ",", "write a comma")
        message = "members are separated by commas, found `;`"
        repair = Repair(here.end, (",", here.start, here.end), keep=True) if "," in fault.expected else None
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=fix.title, fix=fix, repair=repair)
    if here.text == "/" and fault.opener and fault.opener[0] == "(" and scene.before.kind in ("(", ","):
        message = "strings need double quotes, and a pattern is a string"
        return scene.says(codes.UNQUOTED_TEXT, message, scene.span(at), help='write `pattern("…")`')
    return None


RULES_OF_SIGNS = (letter, comment, method, between, run, spelt, variable)
