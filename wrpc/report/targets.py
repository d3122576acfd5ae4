"""Targets for people: what there is, what each carries, and the settings of its block."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from wrpc.report.screen import Line
from wrpc.targets import TARGETS, named
from wrpc.targets.settings import COMMON, KINDS, spelled
from wrpc.targets.target import CONSTRUCTS, Approximate, Cannot, Carriage, Elsewhere, Native, Target

KIND = {Native: "carried", Approximate: "approximated", Cannot: "not carried", Elsewhere: "elsewhere"}
STYLE = {Native: "proved", Approximate: "warning", Cannot: "error", Elsewhere: "enforced"}


def listing() -> Iterator[Line]:
    for name in TARGETS:
        found = named(name)
        counts = {k: sum(isinstance(c, k) for c in found.carries.values()) for k in KIND}
        yield ((name.ljust(10), "strong"), (f"  {found.title}, {versions(found)}", ""))
        yield ((" " * 12 + ", ".join(f"{n} {KIND[k]}" for k, n in counts.items() if n), "place"),)


def versions(found: Target) -> str:
    return found.versions[0] if len(found.versions) == 1 else f"{found.versions[0]} to {found.versions[-1]}"


def page(found: Target) -> Iterator[Line]:
    yield ((found.title, "strong"), (f", {versions(found)}", ""))
    yield ()
    for kind, title in KIND.items():
        rows = [(construct, row) for construct in CONSTRUCTS if isinstance(row := found.carries[construct], kind)]
        if rows:
            yield ((title, STYLE[kind]),)
            for construct, row in rows:
                yield from _row(str(construct), said(row))
            yield ()
    yield (("settings", "label"), (f" of `target {spelled(found.name)} {{ … }}`", ""))
    for name, setting in {**found.settings, **COMMON}.items():
        default = "" if setting.default is None else f" (default: {setting.default})"
        yield from _row(name, f"{KINDS[setting.kind]}: {setting.doc}{default}")


def said(row: Carriage) -> str:
    """What a row says: where, what is lost, why not, or by whom."""
    match row:
        case Native(where):
            return where
        case Approximate(where, loses):
            return f"{where}; loses {loses}"
        case Cannot(why):
            return why
        case Elsewhere(by):
            return f"by {by}"


def _row(name: str, text: str, wide: int = 32) -> Iterator[Line]:
    first, *rest = textwrap.wrap(text, 100 - wide) or [""]
    yield ((f"  {name.ljust(wide - 3)} ", "strong"), (first, ""))
    for line in rest:
        yield ((" " * wide + line, ""),)
