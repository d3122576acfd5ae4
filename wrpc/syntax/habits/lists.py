"""Commas and brackets: one too many, one too few, or one of another kind."""

from __future__ import annotations

import re
from difflib import get_close_matches

from wrpc.diagnostics import Edit, Fix
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax.blocks import of_form
from wrpc.syntax.faults import Verdict
from wrpc.syntax.habits.clauses import KNOWN
from wrpc.syntax.habits.scene import Scene

POOLS = frozenset(("to", "fallback"))
SECTIONS = frozenset(("route", "default"))
LISTS = of_form("list") | {"prefer"}
BLOCKS = of_form("block")
VALUES = ("NAME", "NUMBER", "STRING")


def clause_of(scene: Scene, at: int) -> str:
    """The clause that a word of a list of pools belongs to, looking back over names, weights and commas."""
    while at > 0 and scene.words[at - 1].kind in ("NAME", "NUMBER", ",", ":", "=", "(", ")"):
        at -= 1
        text = scene.words[at].text
        if scene.word(at - 1).kind == ",":
            continue
        if text in ("to", "fallback", "on"):
            return text
        # `timeout` is a cause as well.
        if text in KNOWN["route"] and scene.word(at - 1).text != "on":
            return ""
    return ""


def trailing(scene: Scene) -> Verdict | None:
    """`to smart weight 30,` before the next clause."""
    if scene.fault is None or scene.kind not in SECTIONS:
        return None
    for at in range(max(scene.brace, scene.since - 1) + 1, min(scene.at, len(scene.words))):
        if scene.words[at].kind != "," or scene.depths[at] != 1:
            continue
        following = scene.word(at + 1)
        ends = following.text in KNOWN["route"] or following.kind == "}"
        if not ends or not (clause := clause_of(scene, at)):
            continue
        what = "causes" if clause == "on" else "pools"
        message = f"the comma continues the list of {what}, so that `{following.text}` is read as one of them"
        fix = Fix(scene.span(at), "", "leave out the comma")
        return scene.says(codes.LIST_COMMA, message, scene.span(at), help=fix.title, fix=fix)
    return None


def missing(scene: Scene) -> Verdict | None:
    """`[smart frontier]`, `to smart small`."""
    fault = scene.fault
    if fault is None:
        return None
    here, before = scene.here, scene.before
    if fault.opener and fault.opener[0] in "[(" and here.kind in VALUES and before.kind in (*VALUES, ")", "]"):
        if before.first and not scene.depths[scene.at - 1]:
            return None
        opener = fault.opener[0]
        inside = "list" if opener == "[" else "call"
        if opener == "(" and not _call(scene):
            return None
        if here.kind == "NAME" and here.text in KNOWN["route"] and scene.kind in SECTIONS:
            return None
        fix = Fix(Span(scene.source, before.end, before.end), ",", "write a comma")
        message = f"a comma between the members of a {inside} is missing, before {fault.found}"
        return scene.says(codes.LIST_COMMA, message, scene.span(scene.at), help="write a comma between them", fix=fix)
    if scene.kind not in SECTIONS:
        return None
    for at in range(max(scene.brace, scene.since - 1) + 2, min(scene.at + 1, len(scene.words))):
        word, last = scene.words[at], scene.words[at - 1]
        if word.kind != "NAME" or word.first or scene.depths[at] != 1 or word.text in KNOWN["route"]:
            continue
        if (
            last.kind not in ("NAME", "NUMBER")
            or word.text in ("weight", "on", "any")
            or last.text in ("to", "fallback")
        ):
            continue
        clause = clause_of(scene, at)
        if clause not in POOLS or scene.word(at - 1).text == "weight":
            continue
        if scene.word(at + 1).kind == "NUMBER" and last.kind == "NAME" and clause == "to":
            close = get_close_matches(word.text.lower(), ("weight",), 1, 0.6) or word.text in (
                "share",
                "ratio",
                "percent",
            )
            if close:
                fix = Fix(scene.span(at), "weight", "write `weight`")
                message = f"`{word.text}` is not part of a destination"
                return scene.says(
                    codes.UNKNOWN_KEYWORD, message, scene.span(at), help="did you mean `weight`?", fix=fix
                )
        if at < scene.at - 2 and scene.word(at + 1).kind != "NAME":
            continue
        if word.text in ("and", "or"):
            continue
        fix = Fix(Span(scene.source, last.end, last.end), ",", "write a comma")
        message = f"a comma between two pools is missing, before `{word.text}`"
        return scene.says(codes.LIST_COMMA, message, scene.span(at), help="write a comma between them", fix=fix)
    return None


def _call(scene: Scene) -> bool:
    """Whether the parenthesis that is open is that of a call."""
    deep = 0
    for at in range(scene.at - 1, -1, -1):
        kind = scene.words[at].kind
        deep += (kind in ")]}") - (kind in "([{") if len(kind) == 1 else 0
        if deep < 0:
            return kind == "(" and scene.touches(at) and scene.word(at - 1).kind == "NAME"
    return False


def bracketed(scene: Scene) -> Verdict | None:
    """Lists of pools in brackets, lists of values without them or with others."""
    fault = scene.fault
    if fault is None:
        return None
    at, here, before = scene.at, scene.here, scene.before
    if before.text in ("to", "fallback", "on") and here.kind in "[({" and scene.kind in SECTIONS:
        close = scene.closing(at)
        what = "causes" if before.text == "on" else "pools"
        inside = scene.text(at + 1, close - 1) if close > at + 1 else ""
        fix = (
            scene.replace(at, close, inside)
            if re.fullmatch(r"[\w`, -]+(weight \d+)?", inside) and ":" not in inside
            else None
        )
        if inside and re.search(r"\w\s+\d", inside) and "weight" not in inside:
            fix = None
        message = f"a list of {what} is written without brackets, found `{here.kind}`"
        hint = f"write `{before.text} {inside}`" if fix else "such as `to a weight 90, b weight 10`"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=hint, fix=fix)
    if before.text == "exclusive" and here.kind in "[(":
        close = scene.closing(at)
        fix = None
        if close > 0:
            inside = scene.text(at + 1, close - 1)
            fix = Fix(scene.span(at, close), f"{{ {inside} }}", "write `{ … }`")
        message = f"the members of a group have `{{ }}` around them, found `{here.kind}`"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help="write `exclusive { a, b }`", fix=fix)
    if here.kind == "[" and before.kind == "NAME" and scene.kind == "signal" and scene.word(at - 2).kind == ":":
        close = scene.closing(at)
        fix = None
        if close > 0:
            inside = scene.text(at + 1, close - 1)
            fix = Fix(scene.span(at, close), f"({inside})", "write `(` and `)`")
        message = f"the values of `{before.text}` have `(` and `)` around them, found `[`"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=f"write `{before.text}(…)`", fix=fix)
    opener = next((o for o in range(at, max(at - 40, 0), -1) if _in_list(scene, o)), -1)
    if opener >= 0:
        close = scene.closing(opener)
        fix = None
        if close > 0 and at <= close:
            fix = Fix(scene.span(opener), "[", "write `[` and `]`", also=(Edit(scene.span(close), "]"),))
        message = f"a list after `in` has square brackets, found `{scene.words[opener].kind}`"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(opener), help="write `in [a, b]`", fix=fix)
    return None


def _in_list(scene: Scene, at: int) -> bool:
    word = scene.word(at)
    return (
        word.kind in ("(", "{")
        and scene.word(at - 1).text == "in"
        and (scene.word(at + 2).kind == "," or scene.word(at + 2).kind in (")", "}"))
    )


def listed(scene: Scene) -> Verdict | None:
    """`in code, law` and `tools search, sql`: a list without its brackets."""
    fault = scene.fault
    if fault is None:
        return None
    for at in range(max(scene.since, 1), min(scene.at, len(scene.words))):
        if (
            scene.words[at].kind != ","
            or scene.word(at - 1).kind not in VALUES
            or scene.word(at + 1).kind not in VALUES
        ):
            continue
        key = scene.word(at - 2)
        if scene.depths[at] < 1 or key.kind != "NAME" or scene.word(at + 1).text in KNOWN["route"]:
            continue
        if key.text == "in":
            what = "a list after `in` has square brackets"
        elif scene.kind == "test" and scene.depths[at] == 2 and scene.item == at + 1:
            what = "several values have brackets around them: `[`"
        else:
            continue
        last = at + 1
        while scene.word(last + 1).kind == "," and scene.word(last + 2).kind in VALUES:
            last += 2
        said = f"[{scene.text(at - 1, last)}]"
        return scene.says(
            codes.FOREIGN_SIGN, what + f", found `{scene.text(at - 1, last)}`", scene.span(at - 1, last),
            help=f"write `{said}`", fix=scene.replace(at - 1, last, said),
        )  # fmt: skip
    return None


def fallback_on(scene: Scene) -> Verdict | None:
    """`fallback on timeout small`, `to smart on timeout fallback small`."""
    if scene.fault is None and scene.kind in SECTIONS and "on" in (scene.here.text, scene.word(scene.at + 1).text):
        at = scene.at if scene.here.text == "on" else scene.at + 1
    elif scene.fault is not None and scene.kind in SECTIONS:
        at = next(
            (i for i in range(max(scene.brace, scene.since - 1) + 1, scene.at) if scene.words[i].text == "on"), -1
        )
        if at < 0 or (
            clause_of(scene, at + 1) == "on"
            and scene.word(at - 1).text != "fallback"
            and clause_of(scene, at) == "fallback"
        ):
            return None
        if scene.word(at - 1).text != "fallback" and scene.item != at and at not in scene.attributes:
            return None
    else:
        return None
    cause = scene.word(at + 1).text
    rest = scene.words[at + 2 : at + 4]
    name = next((w.text for w in reversed(rest) if w.kind == "NAME" and w.text != "fallback"), "POOL")
    message = "the causes come after the pools of a `fallback`"
    return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=f"write `fallback {name} on {cause}`")


def several(scene: Scene) -> Verdict | None:
    """`resolve priority name`, `price input 1USD/Mtok output 2USD/Mtok`: values that stand without their brackets."""
    fault = scene.fault
    if fault is None:
        return None
    for at in sorted(scene.attributes | ({scene.item} if scene.item >= 0 else set())):
        key, first = scene.words[at].text, scene.word(at + 1)
        if first.kind != "NAME":
            continue
        if key in LISTS and scene.word(at + 2).kind == "NAME" and not scene.word(at + 2).first:
            last = at + 2
            while scene.word(last + 1).kind == "NAME" and not scene.word(last + 1).first:
                last += 1
            said = f"[{', '.join(word.text for word in scene.words[at + 1 : last + 1])}]"
            message = f"several values have brackets around them with commas: `[`, found `{scene.text(at + 1, last)}`"
            fix = scene.replace(at + 1, last, said)
            return scene.says(codes.LIST_COMMA, message, scene.span(at + 1, last), help=fix.title, fix=fix)
        if key in BLOCKS and scene.word(at + 2).kind in ("NUMBER", "STRING"):
            message = f"`{key}` has braces around what it holds, found `{first.text}`"
            return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at + 1), help=f"write `{key} {{ … }}`")
    return None


RULES_OF_LISTS = (trailing, bracketed, fallback_on, missing)
RULES_BEHIND = (listed, several)
