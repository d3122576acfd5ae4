"""Budgets, what happens once they are used up, and what sticks: steps that are none, and words that are missing."""

from __future__ import annotations

from wrpc.diagnostics import Fix
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax.faults import Verdict
from wrpc.syntax.habits.lists import SECTIONS
from wrpc.syntax.habits.scene import Scene

SETTINGS = ("tools", "compress", "reasoning")
STEP = "a step of a budget is `tools`, `compress` or `reasoning` with its value, a pool, or a `deny`"


def steps(scene: Scene) -> Verdict | None:
    """`then to small`, `then retries 2`, `then at 100% tools none at 120% small`, `per tenant, then small`."""
    if scene.kind not in SECTIONS or scene.brace < 0:
        return None
    then = _then(scene)
    if then < 0:
        return None
    if scene.word(then - 1).kind == ",":
        fix = Fix(scene.span(then - 1), "", "leave out the comma")
        message = "no comma stands before `then`"
        return scene.says(codes.LIST_COMMA, message, scene.span(then - 1), help=fix.title, fix=fix)
    for at in range(then + 1, min(scene.at + 1, len(scene.words))):
        word, before, after = scene.words[at], scene.word(at - 1), scene.word(at + 1)
        if word.text == "at" and before.text not in ("then", ",") and after.kind == "NUMBER":
            start = Span(scene.source, before.end, before.end)
            fix = Fix(start, ",", "write a comma")
            # What stands before it is then the first of several steps, which says `at` and denies nothing.
            sound = scene.word(then + 1).text == "at" and all(w.text != "deny" for w in scene.words[then:at])
            message = "a comma between the steps of a budget is missing, before `at`"
            hint = "write a comma between them"
            return scene.says(codes.LIST_COMMA, message, scene.span(at), help=hint, fix=fix if sound else None)
        if before.text not in ("then", ",") and scene.word(at - 2).text != "at":
            continue
        if word.text in ("to", "fallback", "use", "route", "pool") and after.kind == "NAME":
            fix = scene.replace(at, at + 1, after.text)
            message = f"a step of a budget names its pool alone, found `{word.text} {after.text}`"
            return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=fix.title, fix=fix)
        if word.kind == "NAME" and after.kind == "NUMBER" and word.text not in (*SETTINGS, "at"):
            message = f"{STEP}; found `{word.text} {after.text}`"
            return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at, at + 1))
        if word.kind == "NUMBER" and before.text in ("then", ","):
            return scene.says(codes.UNEXPECTED_TEXT, f"{STEP}; found `{word.text}`", scene.span(at))
    return None


def _then(scene: Scene) -> int:
    """The `then` of the last budget or limit before the place where reading stopped; -1 where there is none."""
    for at in range(min(scene.at, len(scene.words) - 1), max(scene.brace, scene.since - 1), -1):
        if scene.words[at].text == "then" and scene.depths[at] == 1:
            inside = [word.text for word in scene.words[max(at - 5, 0) : at]]
            return at if "budget" in inside or "limit" in inside else -1
    return -1


def sticks(scene: Scene) -> Verdict | None:
    """`sticky tenant`, `sticky by tenant 30min`."""
    if scene.fault is None or scene.kind not in SECTIONS:
        return None
    at, here = scene.at, scene.here
    if scene.before.text == "sticky" and here.kind == "NAME" and "by" in scene.fault.expected:
        fix = Fix(Span(scene.source, here.start, here.start), "by ", f"write `sticky by {here.text}`")
        message = f"what requests stick by comes after `by`, found `{here.text}`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=fix.title, fix=fix)
    if here.kind == "NUMBER" and [scene.word(at - n).text for n in (3, 2)] == ["sticky", "by"]:
        fix = Fix(Span(scene.source, here.start, here.start), "for ", f"write `for {here.text}`")
        message = f"how long requests stick comes after `for`, found `{here.text}`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=fix.title, fix=fix)
    return None


RULES_OF_MEASURES = (steps, sticks)
