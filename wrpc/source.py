"""Files, positions and spans: what every later finding points at."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from wrpc.values import value


@dataclass(frozen=True, eq=False)
class Source:
    """One file's text and the name it is shown under.

    `path` is where it was read from; None for text that came from memory or standard input.
    Offsets count code points of `text`, in which CRLF has become LF and a leading BOM is gone.
    """

    name: str
    text: str = field(repr=False)
    path: Path | None = None
    hidden: list[tuple[int, int]] = field(default_factory=list, repr=False)
    """Passages that no report shows: secrets."""

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column counted from 1."""
        return self._starts[line - 1] + column - 1

    def line(self, number: int) -> str:
        """The text of one line, counted from 1, without its end."""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def hide(self, span: Span) -> None:
        self.hidden.append((span.start, span.end))

    def shown(self, number: int) -> str:
        """The text of one line with a dot for each hidden character."""
        start, text = self._starts[number - 1], self.line(number)
        for first, last in self.hidden:
            low, high = max(first - start, 0), min(last - start, len(text))
            if low < high:
                text = text[:low] + "\N{BULLET}" * (high - low) + text[high:]
        return text

    def veiled(self, text: str) -> str:
        """Another text with dots for what is hidden in this one."""
        for start, end in self.hidden:
            text = text.replace(self.text[start:end], "\N{BULLET}" * (end - start))
        return text

    def span(self, start: int = 0, end: int | None = None) -> Span:
        return Span(self, start, start if end is None else end)


@value
class Span:
    """A piece of a source, from `start` up to but not including `end`, as offsets."""

    source: Source
    start: int
    end: int

    @property
    def file(self) -> str:
        return self.source.name

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        return self.source.position(self.end)[1]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of another of the same source."""
        return Span(self.source, self.start, other.end)

    def key(self) -> tuple[str, int, int]:
        """Sorts findings as a reader meets them."""
        return self.source.name, self.start, self.end

    def json(self) -> dict[str, object]:
        line, column = self.source.position(self.start)
        end_line, end_column = self.source.position(self.end)
        return {"file": self.file, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
