"""The request log of a run of an engine: when each request came, how long it was, and how long it took.

CSV with a header, or a JSON object a line, with five columns, whatever else there is:

    arrival   seconds since some moment, when the client sent the request
    prompt    tokens
    output    tokens of the answer
    ttft      seconds from arrival to the first token
    e2e       seconds from arrival to the last token
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path

from wrpc.diagnostics import Code, Diagnostic, Refusal, finding
from wrpc.source import Source, Span
from wrpc.syntax.read import read
from wrpc.values import value

NAMES: Mapping[str, tuple[str, ...]] = {
    "arrival": ("arrival", "arrival_s", "timestamp"),
    "prompt": ("prompt", "prompt_tokens", "input_tokens", "input_toks"),
    "output": ("output", "output_tokens", "generated_tokens", "completion_tokens", "output_toks"),
    "ttft": ("ttft", "ttft_s"),
    "e2e": ("e2e", "e2e_s"),
}
LEAST = 50
"""Requests; with fewer the five numbers of a step are not told apart."""
SHOWN = 5
"""Faulty rows that are shown; whoever repairs five knows the rest."""

UNUSABLE_RUN = Code(
    "WRP607",
    "unusable-run",
    "error",
    """\
A log of requests from which no step model can be fitted.

`wrpc calibrate` needs of each request when it came (`arrival`, in seconds), how long prompt and answer were (`prompt`,
`output`, in tokens), and how long after its arrival the first and the last token came (`ttft`, `e2e`, in seconds). The
log is CSV with these columns, or a JSON object a line. A row without one of them, with a number below 0, an answer of
no tokens, or a last token before the first is an error, and so are fewer than 50 requests: nothing is left out in
silence.

To repair, write the columns, in seconds and tokens; a benchmark client of the engine has all of them.
""",
)


@value
class Seen:
    arrival: float
    prompt: int
    output: int
    ttft: float
    e2e: float


def measured(path: str | Path) -> tuple[Seen, ...]:
    """The requests of a log by arrival. Raises Refusal with what is wrong with it, by line."""
    return seen(read(path))


def seen(source: Source) -> tuple[Seen, ...]:
    found: list[Seen] = []
    wrong: list[Diagnostic] = []
    for line, row in _rows(source):
        try:
            found.append(_one(row))
        except _Wrong as why:
            wrong.append(_at(source, line, str(why)))
            if len(wrong) == SHOWN:
                break
    if not wrong and len(found) < LEAST:
        wrong.append(_at(source, 1, f"the log has {len(found)} requests, and {LEAST} are needed"))
    if wrong:
        raise Refusal(wrong)
    return tuple(sorted(found, key=lambda r: (r.arrival, r.prompt, r.output)))


class _Wrong(Exception):
    pass


def _rows(source: Source) -> Iterator[tuple[int, Mapping[str, object]]]:
    lines = source.text.split("\n")
    if source.text.lstrip().startswith("{"):
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    row = None
                yield number, row if isinstance(row, dict) else {}
        return
    table = csv.reader(lines)
    head = [name.strip() for name in next(table, [])]
    if missing := [name for name, known in NAMES.items() if not set(known) & set(head)]:
        few = ", ".join(f"`{name}`" for name in missing)
        raise Refusal([_at(source, 1, f"the log has no column {few}")])
    for row in table:
        if row:
            yield table.line_num, dict(zip(head, row, strict=False))


def _one(row: Mapping[str, object]) -> Seen:
    arrival, prompt, output, ttft, e2e = (_number(row, name) for name in NAMES)
    if prompt != int(prompt) or output != int(output):
        raise _Wrong("tokens are whole numbers")
    if prompt < 1 or output < 1:
        raise _Wrong("a request has at least one token of a prompt and one of an answer")
    if ttft <= 0 or e2e < ttft:
        raise _Wrong("the first token comes after the arrival, and the last one not before the first")
    return Seen(arrival, int(prompt), int(output), ttft, e2e)


def _number(row: Mapping[str, object], name: str) -> float:
    for known in NAMES[name]:
        if known in row:
            given = row[known]
            try:
                found = float(given) if isinstance(given, int | float | str) else float("nan")
            except ValueError:
                found = float("nan")
            if isinstance(given, bool) or not isfinite(found):
                raise _Wrong(f"`{known}` is no number")
            return found
    raise _Wrong(f"there is no `{name}`")


def _at(source: Source, line: int, message: str) -> Diagnostic:
    line = min(line, source.text.count("\n") + 1)
    start = source.offset(line, 1)
    columns = "a log has the columns `arrival`, `prompt`, `output`, `ttft`, `e2e`, in seconds and tokens"
    return finding(UNUSABLE_RUN, message, Span(source, start, start + len(source.line(line))), help=columns)
