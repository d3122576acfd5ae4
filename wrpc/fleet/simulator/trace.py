"""Traces: requests as they came once, with their times and lengths."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from math import isfinite
from pathlib import Path

from wrpc.diagnostics import Diagnostic, Refusal, finding
from wrpc.fleet.simulator.codes import BACKWARDS, MOST_REQUESTS, TOO_MANY_REQUESTS, UNUSABLE_TRACE
from wrpc.reading import noticed
from wrpc.source import Source
from wrpc.values import value

LARGEST = 512 * 2**20
SHOWN = 5
"""Of more rows that are wrong in one way, so many are told."""
BLOCK = 512
"""Tokens that one of Mooncake's `hash_ids` stands for."""

TIME = {"timestamp": 1.0, "arrival_s": 1.0, "arrived_at": 1.0, "launch_s": 1.0, "time": 1.0, "arrival_ms": 1e-3}
PROMPT = ("contexttokens", "input_length", "prompt_tokens", "input_toks", "input_tokens", "num_prefill_tokens")
ANSWER = (
    "generatedtokens", "output_length", "generated_tokens", "output_toks", "output_tokens", "completion_tokens",
    "num_decode_tokens",
)  # fmt: skip
MILLISECONDS = ("hash_ids", "input_length")
"""With one of these beside it a `timestamp` counts milliseconds."""


@value
class Trace:
    """`at` in seconds since the first request. `found`: tokens of the prompt that an endless prefix cache would hold;
    empty where the trace does not say what prompts have in common."""

    name: str
    at: tuple[float, ...]
    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    found: tuple[int, ...] = ()


def read_trace(path: Path) -> Trace:
    """Raises Refusal with what is wrong with it, a line each."""
    noticed(path)
    name = path.as_posix()
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise _refusal(name, f"the trace cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise _refusal(name, "the trace is no text in UTF-8") from None
    if len(data) > LARGEST:
        raise _refusal(name, f"a trace has at most {LARGEST // 2**20} MiB")
    return trace(Source(name, text, path))


def trace(source: Source) -> Trace:
    """The trace that a text is. Raises Refusal."""
    reader = _Reader(source)
    reader.read()
    if reader.wrong or reader.backwards or reader.many:
        raise Refusal(reader.findings())
    if not reader.at:
        raise _refusal(source.name, "the trace has no request")
    start = reader.at[0]
    at = tuple(t - start for t in reader.at)
    found = tuple(reader.found) if any(reader.found) else ()
    return Trace(source.name, at, tuple(reader.prompt), tuple(reader.answer), found)


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.at: list[float] = []
        self.prompt: list[int] = []
        self.answer: list[int] = []
        self.found: list[int] = []
        self.wrong: list[tuple[int, str]] = []
        self.backwards: list[tuple[int, str]] = []
        self.blocks: set[object] = set()
        self.many = 0
        """The line from which on there are more than a simulation takes."""

    def read(self) -> None:
        lines = self.source.text.split("\n")
        first = next((line for line in lines if line.strip()), "")
        rows = self.objects(lines) if first.lstrip().startswith("{") else self.table(lines)
        names: tuple[str, str, str] | None = None
        scale = 1.0
        before: float | None = None
        for number, row in rows:
            if len(self.at) >= MOST_REQUESTS:
                self.many = number
                return
            if names is None:
                missing = self.missing(row)
                if missing:
                    self.wrong.append((number, missing))
                    return
                names = _named(row)
                if any(key in row for key in MILLISECONDS):
                    scale = 1e-3
            time, prompt, answer = (row.get(key) for key in names)
            now = _time(time, TIME[names[0]] * scale)
            read, wrote = _tokens(prompt), _tokens(answer)
            if now is None or read is None or wrote is None:
                bad = next(k for k, v in zip(names, (now, read, wrote), strict=True) if v is None)
                what = "a time" if bad == names[0] else "a number of tokens"
                self.wrong.append((number, f"`{bad}` is `{str(row.get(bad))[:40]}`, which is not {what}"))
                continue
            if before is not None and now < before:
                self.backwards.append((number, f"this request comes {before - now:.3g}s before the one above it"))
            before = now
            self.at.append(now)
            self.prompt.append(max(read, 1))
            self.answer.append(max(wrote, 1))
            self.found.append(self.shared(row.get("hash_ids")))

    def objects(self, lines: list[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                self.wrong.append((number, "this line is no JSON"))
                continue
            if isinstance(row, dict):
                yield number, {str(k).lower(): v for k, v in row.items()}
            else:
                self.wrong.append((number, "this line is no object"))

    def table(self, lines: list[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
        reader = csv.reader(lines)
        try:
            head = [cell.strip().lower() for cell in next(reader, [])]
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, dict(zip(head, cells, strict=False))
        except csv.Error as error:
            self.wrong.append((reader.line_num, f"this line is no CSV: {error}"))

    def missing(self, row: Mapping[str, object]) -> str:
        """What a trace has to say and this one does not."""
        for what, known in (("a time", tuple(TIME)), ("a prompt's tokens", PROMPT), ("an answer's tokens", ANSWER)):
            if not any(key in row for key in known):
                return f"nothing here is {what}: the names of its columns are {_listed(row)}"
        return ""

    def shared(self, ids: object) -> int:
        """How many tokens at the beginning have been seen before; from then on all of these have been."""
        if not isinstance(ids, list):
            return 0
        keys = [i if isinstance(i, int | str) else repr(i) for i in ids]
        same = next((at for at, key in enumerate(keys) if key not in self.blocks), len(keys))
        self.blocks.update(keys)
        return same * BLOCK

    def findings(self) -> list[Diagnostic]:
        found = []
        if self.many:
            start = self.source.offset(self.many, 1)
            said = f"from here on the trace has more than {MOST_REQUESTS:,} requests"
            span = self.source.span(start, start + len(self.source.line(self.many)))
            found.append(finding(TOO_MANY_REQUESTS, said, span, help="replay a part of it"))
        for code, lines in ((UNUSABLE_TRACE, self.wrong), (BACKWARDS, self.backwards)):
            for number, message in islice(lines, SHOWN):
                more = f"; so it is {len(lines)} times in this file" if len(lines) > SHOWN else ""
                start = self.source.offset(number, 1)
                repair = "sort the trace by time" if code is BACKWARDS else "take out the row, or rename the columns"
                span = self.source.span(start, start + len(self.source.line(number)))
                found.append(finding(code, message + more, span, help=repair))
        return found


def _named(row: Mapping[str, object]) -> tuple[str, str, str]:
    time, prompt, answer = (next(k for k in known if k in row) for known in (tuple(TIME), PROMPT, ANSWER))
    return time, prompt, answer


def _listed(row: Mapping[str, object]) -> str:
    names = [f"`{str(key)[:30]}`" for key in islice(row, 8)]
    return ", ".join(names) + (" …" if len(row) > 8 else "") if names else "not there"


def _time(written: object, scale: float) -> float | None:
    """Seconds: a number, or a date."""
    if isinstance(written, bool) or written is None:
        return None
    try:
        seconds = float(str(written)) * scale
    except ValueError:
        try:
            moment = datetime.fromisoformat(str(written).strip())
        except ValueError:
            return None
        # Of a time without a zone only differences are looked at.
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return seconds if isfinite(seconds) else None


def _tokens(written: object) -> int | None:
    if isinstance(written, bool) or written is None:
        return None
    try:
        number = float(str(written))
    except ValueError:
        return None
    return int(number) if isfinite(number) and 0 <= number < 1e9 and number == int(number) else None


def _refusal(name: str, message: str) -> Refusal:
    form = "a trace is CSV with a header, or a JSON object a line"
    return Refusal([finding(UNUSABLE_TRACE, message, Source(name, "").span(), help=form)])
