"""The clean policies that faults are put into, and their declarations as pieces of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from wrpc.policy.load import from_text
from wrpc.policy.model import Policy
from wrpc.source import Span

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KINDS = (
    "policy", "import", "signal", "score", "band", "group", "let", "table", "assume", "workload", "model", "site",
    "pool", "place", "route", "default", "guard", "assert", "test", "target", "stack",
)  # fmt: skip
_HEAD = re.compile(rf"^({'|'.join(KINDS)})\b(?: (\w+))?")


@dataclass(frozen=True, slots=True)
class Block:
    """A declaration: where it stands in the text, from its keyword to the end of its last line."""

    kind: str
    name: str
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Faulty:
    """A policy with one fault: the code and the line that have to be told. `env` are override files."""

    original: str
    operator: str
    text: str
    code: str
    line: int
    file: str = "policy.wrp"
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Original:
    name: str
    text: str
    files: Mapping[str, str]

    @cached_property
    def policy(self) -> Policy:
        found, _ = from_text(self.text, files=self.files)
        assert found is not None
        return found

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        """As `fmt` lays them out: from a keyword at the beginning of a line to the line where its brackets close."""
        at = 0
        lines = self.text.splitlines(keepends=True)
        while lines:
            head = _HEAD.match(lines[0])
            taken = 1
            if head:
                open_ = _depth(lines[0])
                while open_ > 0:
                    open_ += _depth(lines[taken])
                    taken += 1
                yield Block(head[1], head[2] or "", at, "".join(lines[:taken]).rstrip("\n"))
            at += sum(map(len, lines[:taken]))
            del lines[:taken]

    def of(self, *kinds: str) -> Iterator[Block]:
        return (b for b in self.blocks if not kinds or b.kind in kinds)

    def block(self, kind: str, name: str) -> Block:
        return next(b for b in self.of(kind) if b.name == name)

    # ── Faults ────────────────────────────────────────────────────────────

    def changed(self, operator: str, code: str, start: int, end: int, new: str, at: int | None = None) -> Faulty:
        """The text with another piece in the place of one; `at` is what has to be told, an offset of the old text."""
        text = self.text[:start] + new + self.text[end:]
        line = self.text.count("\n", 0, start if at is None else at) + 1
        return Faulty(self.name, operator, text, code, line)

    def added(
        self, operator: str, code: str, new: str, after: Block | None = None, told: Block | None = None
    ) -> Faulty:
        """With a declaration behind another, or at the end. It is told, or the block `told`."""
        at = len(self.text) if after is None else after.end + 1
        text = self.text[:at] + new + "\n" + self.text[at:]
        start = at if told is None else told.start
        return Faulty(self.name, operator, text, code, text.count("\n", 0, start) + 1)

    def span(self, operator: str, code: str, span: Span, new: str, at: int | None = None) -> Faulty:
        return self.changed(operator, code, span.start, span.end, new, at)


def _depth(line: str) -> int:
    """The brackets that a line opens, less those that it closes."""
    bare = re.sub(r'"[^"]*"|#.*', "", line)
    return bare.count("{") - bare.count("}")


def originals() -> list[Original]:
    shared = {f"common/{p.name}": p.read_text() for p in (ROOT / "policies/common").glob("*.wrp")}
    library = sorted((ROOT / "policies").glob("*.wrp"))
    return [Original(p.stem, p.read_text(), shared) for p in (*sorted((HERE / "originals").glob("*.wrp")), *library)]
