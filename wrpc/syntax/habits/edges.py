"""Weights, shares and what joins pools: where requests go, in the words of other languages."""

from __future__ import annotations

from wrpc.diagnostics import Edit, Fix
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax.faults import Repair, Verdict
from wrpc.syntax.habits.clauses import KNOWN
from wrpc.syntax.habits.lists import POOLS, SECTIONS, clause_of
from wrpc.syntax.habits.scene import Scene


def signed(scene: Scene) -> Verdict | None:
    """`to smart: 90`, `to smart=90`, `to smart(90)`."""
    at, name, number = scene.at, scene.before, scene.word(scene.at + 1)
    if scene.fault is None or scene.kind not in SECTIONS or scene.here.text not in (":", "=", "("):
        return None
    if name.text == "weight" or number.kind != "NUMBER" or name.kind != "NAME" or clause_of(scene, at) != "to":
        return None
    closed = scene.here.text == "(" and scene.word(at + 2).kind == ")"
    written = f" weight {number.text.rstrip('%')}"
    end = scene.word(at + 2).end if closed else number.end
    fix = Fix(
        Span(scene.source, name.end, end), written, "write `weight`", also=_further(scene, at + 3) if closed else ()
    )
    repair = None
    if scene.here.text != "(" and "weight" in scene.fault.expected:
        repair = Repair(scene.here.end, ("weight", scene.here.start, scene.here.end), keep=True)
    message = f"a share is written with `weight`, found `{scene.here.text}`"
    hint = f"write `{name.text}{written}`"
    return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=hint, fix=fix, repair=repair)


def _further(scene: Scene, at: int) -> tuple[Edit, ...]:
    """The same for the other pools of the list: `, small(10)`."""
    made = []
    while [scene.word(at).kind, scene.word(at + 1).kind, scene.word(at + 2).kind] == [",", "NAME", "("]:
        span = Span(scene.source, scene.word(at + 1).end, scene.word(at + 4).end)
        made.append(Edit(span, f" weight {scene.word(at + 3).text.rstrip('%')}"))
        at += 5
    return tuple(made)


def edge(scene: Scene) -> Verdict | None:
    """`mirror small at 5%`, `spill small over 80%`, `spill to small above 80%`, `cascade small, smart`."""
    if scene.fault is None or scene.kind not in SECTIONS:
        return None
    at, here = scene.at, scene.here
    two, three = scene.word(at - 2).text, scene.word(at - 3).text
    if two == "mirror" and here.kind == "NAME" and scene.word(at + 1).kind == "NUMBER":
        written = f"mirror {scene.before.text} {scene.word(at + 1).text}"
        fix = Fix(Span(scene.source, scene.before.end, here.end), "", f"write `{written}`")
        message = f"the share of a `mirror` comes after its pool, found `{here.text}`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=f"write `{written}`", fix=fix)
    if (
        two == "spill"
        and scene.before.text != "above"
        and "above" in scene.fault.expected
        and here.kind in ("NAME", ">", ">=", "NUMBER")
    ):
        if scene.before.text == "to":
            fix = Fix(Span(scene.source, scene.before.start, here.start), "", "leave out the `to`")
            message = "`spill` names its pool without `to`"
            return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at - 1), help=fix.title, fix=fix)
        fix = Fix(scene.span(at), "above" if here.kind != "NUMBER" else f"above {here.text}", "write `above`")
        message = f"a `spill` is written `spill POOL above 80%`, found `{here.text}`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help="write `above`", fix=fix)
    if here.text in (",", ">", "=>", "|", "then") and "->" in scene.fault.expected and "cascade" in (two, three):
        fix = Fix(scene.span(at), " ->" if scene.touches(at) else "->", "write `->`")
        message = f"the steps of a `cascade` are joined by `->`, found `{here.text}`"
        repair = Repair(here.end, ("->", here.start, here.end), keep=True)
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help="write `->`", fix=fix, repair=repair)
    if scene.before.text == "cascade" and here.kind in "[(":
        close = scene.closing(at)
        steps = [word.text for word in scene.words[at + 1 : max(close, 0)] if word.kind == "NAME"]
        brackets = scene.replace(at, close, " -> ".join(steps)) if steps else None
        message = f"the steps of a `cascade` are joined by `->`, found `{here.text}`"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help="write `cascade a -> b`", fix=brackets)
    return None


def weights(scene: Scene) -> Verdict | None:
    """`to 90 smart`, `to smart 90`, `mirror 5% small`."""
    if scene.fault is None or scene.here.kind != "NUMBER" or scene.kind not in SECTIONS:
        return None
    at, here, before = scene.at, scene.here, scene.before
    after = scene.word(at + 1)
    if before.text == "mirror" and after.kind == "NAME":
        fix = scene.replace(at, at + 1, f"{after.text} {here.text}")
        message = "the pool of a `mirror` comes before its share"
        hint = f"write `mirror {after.text} {here.text}`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=hint, fix=fix)
    if before.text == "above" and scene.word(at - 2).text == "spill" and after.kind == "NAME":
        fix = scene.replace(at - 1, at + 1, f"{after.text} above {here.text}")
        message = "the pool of a `spill` comes before its share"
        hint = f"write `spill {after.text} above {here.text}`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=hint, fix=fix)
    if before.text == "weight" and scene.item == at - 2:
        start = Span(scene.source, scene.words[at - 2].start, scene.words[at - 2].start)
        message = f"a list of pools begins with `to`, found `{scene.words[at - 2].text}`"
        fix = Fix(start, "to ", "write `to` before it")
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at - 2), help=fix.title, fix=fix)
    clause = "to" if before.text == "to" else clause_of(scene, at)
    if clause != "to":
        return None
    if after.kind == "NAME" and before.text in ("to", ",") and after.text not in KNOWN["route"]:
        name = after.text
        message = "a weight comes after its pool"
    elif before.kind == "NAME":
        name = before.text
        message = "a share is written with `weight`"
    else:
        return None
    number = here.text.rstrip("%")
    hint = f"write `{name} weight {number}`"
    if before.kind == "NAME" and before.text != "to" and "weight" in scene.fault.expected:
        fix = Fix(scene.span(at), f"weight {number}", "write `weight`")
        repair = Repair(here.start, ("weight", here.start, here.start), keep=True)
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=hint, fix=fix, repair=repair)
    return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(at), help=hint)


def joined(scene: Scene) -> Verdict | None:
    """`to smart | small`, `to smart and small`, `to smart -> small`."""
    if scene.fault is None or scene.kind not in SECTIONS or clause_of(scene, scene.at) not in POOLS:
        return None
    text = scene.here.text
    if text == "->":
        name = scene.word(scene.at + 1).text
        hint = f"write `fallback {name}`, or `cascade {scene.before.text} -> {name}` to ask them in turn"
        return scene.says(codes.FOREIGN_SIGN, "`->` is only for a `cascade`", scene.span(scene.at), help=hint)
    if text not in ("|", "||", "and", "or", "+", "&", "&&", ";", "/") or scene.word(scene.at + 1).kind != "NAME":
        return None
    if scene.word(scene.at + 1).text in KNOWN["route"]:
        return None
    fix = Fix(Span(scene.source, scene.before.end, scene.here.end), ",", "write a comma")
    message = f"pools are separated by commas, found `{text}`"
    hint = "write a comma to share the requests, `fallback` for where they go when the first fails"
    return scene.says(codes.FOREIGN_SIGN, message, scene.span(scene.at), help=hint, fix=fix)


RULES_OF_EDGES = (signed, edge, joined, weights)
