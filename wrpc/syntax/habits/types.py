"""The type and the source of a signal, as other languages would write them."""

from __future__ import annotations

from wrpc.diagnostics import Fix
from wrpc.source import Span
from wrpc.syntax import codes
from wrpc.syntax.faults import Verdict, cut
from wrpc.syntax.habits.scene import Scene


def signal_type(scene: Scene) -> Verdict | None:
    """`signal s {`, `signal bool s {`."""
    fault = scene.fault
    if fault is None or scene.kind != "signal" or ":" not in fault.expected or scene.at != 2:
        return None
    name, here = scene.before, scene.here
    if here.kind == "=":
        fix = Fix(scene.span(scene.at), ":", "write `:`")
        message = "a signal and its type are separated by `:`, found `=`"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(scene.at), help="write `:`", fix=fix)
    if here.kind == "{":
        message = f"the signal `{name.text}` has no type"
        hint = f"write `signal {name.text}: bool {{`, or another type: `int(0..1M)`, `one_of(a, b)`, `string`, `score`"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(1), help=hint)
    if here.kind == "NAME" and not here.first:
        message = f"the type of a signal comes after its name and a `:`, found `{cut(here.text)}`"
        written = f"{here.text}: {name.text}"
        return scene.says(codes.UNEXPECTED_TEXT, message, scene.span(scene.at), help=f"write `{written}`")
    return None


def of_type(scene: Scene) -> Verdict | None:
    """`one_of {a, b}`, `int(0 to 9)`, `header "x"`, `keywords["a"]`."""
    if scene.fault is None or scene.kind != "signal":
        return None
    at, here, before = scene.at, scene.here, scene.before
    opener = 4 if scene.word(4).kind == "{" and scene.word(3).text in ("one_of", "any_of") else -1
    if 0 < opener < at and scene.word(opener + 2).kind in (",", "}"):
        close = scene.closing(opener)
        fix = None
        if close > 0:
            fix = Fix(scene.span(opener, close), f"({scene.text(opener + 1, close - 1)})", "write `(` and `)`")
        message = f"the values of `{scene.word(3).text}` have `(` and `)` around them, found `{{`"
        return scene.says(
            codes.FOREIGN_SIGN, message, scene.span(opener), help=f"write `{scene.word(3).text}(…)`", fix=fix
        )
    if here.text in ("to", "until", "-", ":") and before.kind == "NUMBER" and scene.word(at + 1).kind == "NUMBER":
        written = f"{before.text}..{scene.word(at + 1).text}"
        fix = scene.replace(at - 1, at + 1, written)
        message = f"a range is written `{written}`, found `{here.text}`"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at - 1, at + 1), help=fix.title, fix=fix)
    if scene.word(at - 2).text == "source" and before.kind == "NAME" and here.kind in ("STRING", "[", "quoted"):
        end = scene.closing(at) if here.kind == "[" else at
        inside = scene.text(at + 1, end - 1) if here.kind == "[" and end > at + 1 else here.text
        fix = None
        if end >= at and here.kind != "quoted":
            fix = Fix(Span(scene.source, before.end, scene.words[end].end), f"({inside})", "write `(` and `)`")
        found = "[" if here.kind == "[" else here.text
        message = f"what `{before.text}` takes has `(` and `)` around it, found `{found}`"
        return scene.says(codes.FOREIGN_SIGN, message, scene.span(at), help=f"write `{before.text}({inside})`", fix=fix)
    return None


RULES_OF_TYPES = (signal_type, of_type)
