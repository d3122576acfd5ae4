"""A clause or attribute whose value is missing at the end of its line, so that the next line was taken for it."""

from __future__ import annotations

from wrpc.syntax import codes
from wrpc.syntax.blocks import blocks
from wrpc.syntax.faults import Verdict
from wrpc.syntax.habits.scene import Scene

FAR = 10  # words between the line that was taken for a value and the place where that shows
ALONE = frozenset(("sealed", "critical", "accept_failure"))
BEGINS = frozenset(word for words in blocks().values() for word in words) - ALONE
"""What begins a line of a declaration, and has something behind it."""


def unfinished(scene: Scene) -> Verdict | None:
    """`tier` on a line of its own, and `when …` on the next."""
    for at in range(scene.at, max(scene.since + 1, scene.at - FAR, 1) - 1, -1):
        word, before = scene.word(at), scene.word(at - 1)
        if not word.first or word.text not in BEGINS:
            continue
        if before.text in (*BEGINS, "on") or (before.first and before.kind == "NAME" and before.text not in ALONE):
            return scene.says(codes.UNEXPECTED_TEXT, f"`{before.text}` has no value", scene.span(at - 1))
    return None
