"""Names, texts and numbers that are written without what this language asks for."""

from __future__ import annotations

import re

from wrpc.diagnostics import Fix
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax import tree as t
from wrpc.syntax.faults import Repair, Verdict, cut, plain
from wrpc.syntax.habits.scene import Scene
from wrpc.syntax.words import DECLARATIONS

RUN = re.compile(r"[^\s{}\[\](),\"'`#;]+")
NAMING = frozenset(("model", "site", "pool", "pools", "sites"))
"""Attributes whose value is a name that is declared elsewhere."""
POOLS = frozenset(("to", "fallback", "cascade", "spill", "mirror"))
STOPS = frozenset(
    ("on", "timeout", "retries", "priority", "tier", "select", "compress", "reasoning", "tools", "budget")
)
RANGE = re.compile(r"(\d+)-(\d+)")

BODY = frozenset(
    ("when", "to", "sealed", "critical", "deny", "forbid", "require", "always", "never", "source", "model")
)
"""Words that belong in a body, and in no name of several words."""

UNITS = {
    "k": "k", "K": "k", "thousand": "k", "m": "M", "M": "M", "million": "M", "Ki": "Ki", "Mi": "Mi",
    "ms": "ms", "millis": "ms", "milliseconds": "ms", "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "min": "min", "mins": "min", "minute": "min", "minutes": "min", "h": "h", "hour": "h", "hours": "h",
    "hr": "h", "d": "d", "day": "d", "days": "d", "GB": "GiB", "GiB": "GiB", "MiB": "MiB", "TiB": "TiB", "kW": "kW",
    "W": "W", "tokens": "", "token": "", "tok": "", "USD": "USD", "%": "%", "percent": "%",
}  # fmt: skip


def dashed(scene: Scene) -> Verdict | None:
    """A name or a text with a sign in it: `azure-private`, `a.b.svc:8000`."""
    fault = scene.fault
    if fault is None:
        return None
    at = scene.at
    inside = scene.here.kind in ("-", ".", "/", ":", "@", "operator", "->", "*", "+", "..", "word") and scene.touches(
        at
    )
    behind = scene.here.kind in (")", ",", "]", "}") and scene.before.kind in ("-", "/", ":", ".", "*", "operator")
    numeral = scene.here.kind in ("NUMBER", "number") and scene.touches(at)
    number = scene.here.kind in ("NUMBER", "number") and "NAME" in fault.expected and not fault.item
    if behind and not scene.touches(at - 1):
        return None
    if not (inside or behind or number or numeral):
        return None
    first = at - 1 if behind else at
    while scene.touches(first) and scene.words[first - 1].kind not in ("{", "(", "[", ",", "STRING", ")", "]", "}"):
        first -= 1
    if scene.words[first].kind not in ("NAME", "NUMBER", "number", "/") or scene.words[first].text[0] == "`":
        return None
    found = RUN.match(scene.source.text, scene.words[first].start)
    if found is None:
        return None
    text = found.group().rstrip(":;" if not behind else "")
    if text == scene.words[first].text and not number:
        return None
    end = found.start() + len(text)
    span = Span(scene.source, found.start(), end)
    before = scene.word(first - 1)
    naming = (before.text in DECLARATIONS and first == 1) or _refers(scene, first)
    sign = next((c for c in text if not (c.isalnum() or c == "_")), "")
    if naming:
        if number and not inside and text == scene.here.text and not re.search("[A-Za-z]", text):
            return None
        written = plain(text)
        message = (
            f"a name with `{sign}` needs backticks, found `{cut(text)}`"
            if sign
            else f"a name that begins with a digit needs backticks, found `{cut(text)}`"
        )
        fix = Fix(span, written, "put it in backticks")
        repair = None
        if number and "NAME" in fault.expected:
            repair = Repair(end, ("NAME", found.start(), end), keep=True)
        elif isinstance(last := fault.last(), t.Name) and last.span.start == found.start():
            fault.values[-1] = t.Name(span, text)
            repair = Repair(end, keep=True)
        return scene.says(codes.UNQUOTED_NAME, message, span, help=f"write {cut(written)}", fix=fix, repair=repair)
    if number and not inside and not behind:
        return None
    value = scene.item >= 0 and first == scene.item + 1
    argument = before.kind in ("(", ",", "[") and scene.depths[first] > 1 and (behind or (inside and sign in "/:@."))
    imported = scene.kind == "import" and first == 1
    if not (value or argument or imported or (before.text == "source" and inside)):
        return None
    if value and (ends := RANGE.fullmatch(text)):
        written = f"{ends.group(1)}..{ends.group(2)}"
        fix = Fix(span, written, f"write `{written}`")
        message = f"a range is written `{written}`, found `{text}`"
        return scene.says(codes.FOREIGN_SIGN, message, span, help=fix.title, fix=fix)
    fix = Fix(span, f'"{text}"', "put it in double quotes")
    repair = None
    if value and scene.height is not None and fault.parser.takes("STRING", scene.height + 1):
        del fault.values[scene.height + 1 :], fault.parser.states[scene.height + 2 :]
        repair = Repair(end, ("STRING", found.start(), end), keep=True)
    return scene.says(
        codes.UNQUOTED_TEXT, f"strings need double quotes, found `{cut(text)}`", span, help=f'write `"{cut(text)}"`',
        fix=fix, repair=repair,
    )  # fmt: skip


def _refers(scene: Scene, at: int) -> bool:
    """Whether a name of a pool, model or site stands at a place."""
    before = scene.word(at - 1)
    if scene.depths[at] == 1 and before.text in NAMING:
        return True
    while at > 0 and scene.words[at - 1].kind in ("NAME", ",", "NUMBER", "->"):
        at -= 1
        if scene.words[at].text in POOLS:
            return True
        if scene.words[at].text in STOPS:
            return False
    return False


def spaced(scene: Scene) -> Verdict | None:
    """`pool my pool {`: a name of two words."""
    fault = scene.fault
    if fault is None or scene.here.kind != "NAME" or scene.kind not in DECLARATIONS - {"signal", "import", "test"}:
        return None
    if scene.brace >= 0 or not {"{"} & fault.expected or scene.at < 2:
        return None
    end = scene.at
    while scene.word(end + 1).kind == "NAME" and not scene.word(end + 1).first:
        end += 1
    if scene.word(end + 1).kind != "{" or end > 4:
        return None
    if any(word.text in BODY for word in scene.words[scene.at : end + 1]):
        message = f"the body of {scene.one} has `{{ }}` around it, found `{scene.here.text}`"
        hint = f"write `{scene.kind} {scene.word(1).text} {{ {scene.here.text} … }}`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(scene.at), help=hint)
    text = scene.text(1, end)
    fix = scene.replace(1, end, plain(text))
    message = f"a name of several words needs backticks, found `{cut(text)}`"
    return scene.says(codes.UNQUOTED_NAME, message, scene.span(1, end), help=f"write {fix.text}", fix=fix)


def sentence(scene: Scene) -> Verdict | None:
    """`deny no personal data when pii`, `deny when pii`."""
    fault = scene.fault
    at = scene.at
    if fault is not None and scene.here.kind == "(" and scene.before.text == "deny" and scene.word(at + 2).kind == ")":
        written = scene.word(at + 1).text
        fix = Fix(
            Span(scene.source, scene.before.end, scene.word(at + 2).end), f" {written}", f"write `deny {written}`"
        )
        message = "the reason of a `deny` has no parentheses around it"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=fix.title, fix=fix)
    if fault is None or scene.here.kind != "NAME" or scene.before.text != "deny" or "STRING" not in fault.expected:
        return None
    if scene.here.text in ("when", "if"):
        message = "`deny` needs its reason first, in double quotes"
        hint = 'write `deny "why" when …`; whoever is refused reads it'
        return scene.says(codes.UNQUOTED_TEXT, message, scene.span(at), help=hint)
    end = at
    while (word := scene.word(end + 1)).kind == "NAME" and not word.first and word.text != "when":
        end += 1
    text = scene.text(at, end)
    if end == at and scene.word(at + 1).kind == "}" and scene.kind == "guard":
        hint = f'write `deny "why" when {text}`, or `"{text}"` if that is the reason'
        message = f"strings need double quotes, found the name `{text}`"
        return scene.says(codes.UNQUOTED_TEXT, message, scene.span(at), help=hint)
    last = scene.words[end]
    fix = Fix(scene.span(at, end), f'"{text}"', "put it in double quotes")
    return scene.says(
        codes.UNQUOTED_TEXT, f"strings need double quotes, found `{cut(text)}`", scene.span(at, end),
        help=f'write `"{cut(text)}"`', fix=fix,
        repair=Repair(last.end, ("STRING", scene.here.start, last.end), keep=True),
    )  # fmt: skip


def grouped(scene: Scene) -> Verdict | None:
    """`100,000`."""
    if scene.fault is None or scene.here.kind not in ("NUMBER", ","):
        return None
    # In a block a comma may stand between two numbers; behind a declaration of one line it does not fit itself.
    at = scene.at if scene.here.kind == "NUMBER" else scene.at + 1
    if not _group(scene, at):
        return None
    first = last = at
    while first >= 2 and _group(scene, first):
        first -= 2
    while _group(scene, last + 2):
        last += 2
    text = scene.text(first, last)
    digits = text.replace(",", "")
    written = digits.replace(",", "") and text.replace(",", "_")
    value = re.match(r"\d+", digits)
    short = ""
    if value and digits.isdigit():
        whole = int(digits)
        short = f"{whole // 10**6}M" if whole % 10**6 == 0 else f"{whole // 1000}k" if whole % 1000 == 0 else ""
    hint = f"write `{short}` or `{written}`" if short else f"write `{written}`"
    fix = Fix(scene.span(first, last), written, f"write `{written}`")
    return scene.says(
        codes.SPLIT_NUMBER, f"a number has no commas, found `{text}`", scene.span(first, last), help=hint, fix=fix,
        repair=Repair(scene.words[last].end, keep=True) if scene.word(last + 1).kind in ("NAME", "}", "$END") else None,
    )  # fmt: skip


def _group(scene: Scene, at: int) -> bool:
    """Whether the word at a place is three digits behind a comma that touches a number."""
    number, comma, before = scene.word(at), scene.word(at - 1), scene.word(at - 2)
    return (
        number.kind == "NUMBER" and comma.kind == "," and before.kind == "NUMBER" and scene.touches(at)
        and scene.touches(at - 1) and re.fullmatch(r"\d{3}[A-Za-z]*", number.text) is not None and before.text.isdigit()
    )  # fmt: skip


def unit_apart(scene: Scene) -> Verdict | None:
    """`30 s`: the unit was taken for the next attribute."""
    for at in range(max(scene.brace, scene.since, 1), min(scene.at + 1, len(scene.words))):
        number, unit = scene.words[at - 1], scene.words[at]
        counted = UNITS.get(unit.text) == ""  # `8k tokens` is a number that has its unit already
        if number.kind != "NUMBER" or unit.first or unit.text not in UNITS:
            continue
        if not (counted or number.text[-1].isdigit()):
            continue
        if not _apart(scene, at):
            continue
        written, last = number.text + _right(UNITS[unit.text], scene, at), at
        if counted and scene.word(at + 1).text == "per" and scene.word(at + 2).text in UNITS:
            written, last = f"{number.text}/{UNITS[scene.word(at + 2).text]}", at + 2
        fix = Fix(scene.span(at - 1, last), written, f"write `{written}`")
        message = (
            f"a unit touches its number, found `{scene.text(at - 1, at)}`"
            if UNITS[unit.text]
            else f"`{unit.text}` is not a unit: tokens are plain numbers"
        )
        return scene.says(codes.SPLIT_NUMBER, message, scene.span(at - 1, at), help=f"write `{written}`", fix=fix)
    return None


def _right(unit: str, scene: Scene, at: int) -> str:
    before = scene.word(at - 2).text
    return "min" if unit == "M" and before in ("timeout", "ttl", "startup") else unit


def _apart(scene: Scene, at: int) -> bool:
    """Whether the word behind a number cannot be the name of an attribute: nothing that is a value follows it."""
    following = scene.word(at + 1)
    if scene.fault is None and following.kind in ("[", "{", "STRING", "NUMBER"):
        return False
    if at >= scene.at - 1 or at == scene.item:
        return True
    return following.kind == "}" or following.text in ("per", "when", "to", "and", "or", "in")


def price(scene: Scene) -> Verdict | None:
    """`3$/Mtok`, `$3`."""
    if scene.fault is None or scene.here.text != "$":
        return None
    digits = re.compile(r"[$€]\s*(\d+(?:\.\d+)?)").match(scene.source.text, scene.here.start)
    if digits:
        hint = f"write `{digits.group(1)}USD/Mtok`, a price for a million tokens"
    elif scene.before.kind == "NUMBER":
        hint = f"write `{scene.before.text}USD/Mtok`, a price for a million tokens"
    else:
        return None
    return scene.says(codes.FOREIGN_SIGN, "money is written in `USD`, found `$`", scene.span(scene.at), help=hint)


def rate(scene: Scene) -> Verdict | None:
    """`20k per minute`."""
    for at in range(max(scene.brace, scene.since, 0), min(scene.at + 1, len(scene.words))):
        if scene.words[at].text == "per" and scene.word(at + 1).text in UNITS and scene.word(at - 1).kind == "NUMBER":
            unit = UNITS[scene.word(at + 1).text]
            written = f"{scene.words[at - 1].text}/{unit}"
            fix = scene.replace(at - 1, at + 1, written)
            message = f"a rate is one number with its unit, found `{scene.text(at - 1, at + 1)}`"
            return scene.says(
                codes.SPLIT_NUMBER, message, scene.span(at - 1, at + 1), help=f"write `{written}`", fix=fix
            )
    return None


def imported(scene: Scene) -> Verdict | None:
    """`import common.wrp`."""
    if scene.fault is None or scene.kind != "import" or scene.at != 1 or scene.here.kind in ("STRING", "{", "$END"):
        return None
    found = re.compile(r"[^\s\"'`]+").match(scene.source.text, scene.here.start)
    if found is None:
        return None
    span = Span(scene.source, found.start(), found.end())
    written = f'"{found.group()}"'
    fix = Fix(span, written, "put it in double quotes")
    message = f"strings need double quotes, found `{cut(found.group())}`"
    repair = Repair(span.end, ("STRING", span.start, span.end), keep=True)
    return scene.says(codes.UNQUOTED_TEXT, message, span, help=f"write `{written}`", fix=fix, repair=repair)


def override(scene: Scene) -> Verdict | None:
    """`override smart {`."""
    if scene.fault is None or scene.kind != "override" or scene.at != 1 or scene.here.kind != "NAME":
        return None
    message = f"an `override` names the kind of what it changes, found {scene.fault.found}"
    hint = f"write `override pool {scene.here.text} {{ … }}`, or another kind"
    return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(1), help=hint)


def shape(scene: Scene) -> Verdict | None:
    """What a `let`, a `score` or a step of a `band` looks like."""
    if scene.fault is None or (scene.brace >= 0 and scene.kind != "band"):
        return None
    wanted = None
    if scene.kind in ("let", "score") and "=" in scene.fault.expected:
        wanted = f"{scene.kind} NAME = EXPR"
    elif scene.kind == "band" and {"below", "upto"} <= scene.fault.expected:
        wanted = "NAME below BOUND"
    elif scene.kind == "band" and scene.fault.expected <= {"of"}:
        wanted = "band NAME of SCORE { … }"
    if scene.kind == "group" and "exclusive" in scene.fault.expected and scene.here.kind == "{":
        fix = Fix(Span(scene.source, scene.before.end, scene.before.end), " exclusive", "write `exclusive`")
        message = f"a group is written `group {scene.before.text} exclusive {{ … }}`, found `{{`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(scene.at), help=fix.title, fix=fix)
    if wanted is None or scene.here.text in (":=", ":", "=="):
        return None
    what = "a step of a band" if wanted[0] == "N" else f"{scene.one}"
    message = f"{what} is written `{wanted}`, found {scene.fault.found}"
    return scene.says(codes.UNEXPECTED_TEXT, message, scene.fault.here)


RULES_OF_NAMES = (
    imported, override, sentence, grouped, rate, unit_apart, price, dashed, spaced, shape,
)  # fmt: skip
