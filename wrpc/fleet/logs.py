"""Requests that were seen, as `decide` reads them: what became of each, by workload, length and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import BinaryIO

from wrpc.decide import BadRequest, Conflict, Interpreter
from wrpc.decide.request import Request, RequestValue, parse
from wrpc.decide.request import read as as_request
from wrpc.decide.state import state
from wrpc.diagnostics import Code, Diagnostic, Refusal, finding
from wrpc.fleet.bins import Cells, bins
from wrpc.fleet.lengths import Distribution
from wrpc.fleet.outcomes import Outcome, Outcomes, decided
from wrpc.fleet.workloads import Seen
from wrpc.policy.model import Policy, Workload
from wrpc.source import Source
from wrpc.values import value

UNUSABLE_LOG = Code(
    "WRP617",
    "unusable-log",
    "error",
    """\
A log of requests with a line that is no request of the policy.

A log for `--log` is what `wrpc decide` reads: a JSON object a line, from signals to values. A line that is none, that
names a signal which the policy does not have, or that breaks an `assume`, is left out. What the other lines say of
shares may then not be so.

To repair, correct the line, or leave it out of the log.
""",
)

LONGEST = 1 << 20  # bytes of a line
MOST = 20  # lines that are said to be none


@value
class Log:
    """How often each request was seen, as the values of the policy's signals in order of declaration. `found`: lines
    that are none."""

    policy: Policy
    counts: Mapping[tuple[RequestValue, ...], int]
    found: tuple[Diagnostic, ...] = field(default=(), compare=False)

    def of(self, outcomes: Outcomes, workload: Workload, stated: Distribution | None) -> Seen:
        """What became of the requests of a workload."""
        machine, names = Interpreter(self.policy), [*self.policy.signals]
        made = bins(self.policy, outcomes.ground, workload, stated)
        known = {n for b in made.lengths for n, _ in b.cells} | {n for h in made.hours for c, _ in h for n, _ in c}
        domains = {n: outcomes.ground.engine.table.domains[n] for n in sorted(known)}
        found: dict[Cells, Counter[Outcome]] = {}
        for values, count in self.counts.items():
            request = dict(zip(names, values, strict=True))
            if any(request[n] is None for n in domains):
                continue
            if workload.when is not None and machine.holds(workload.when, state(self.policy, request)) is not True:
                continue
            cells = tuple((n, domain.cell(request[n])) for n, domain in domains.items())
            try:
                outcome = decided(self.policy, machine.decision(request)[0])
            except Conflict:
                outcome = Outcome("conflict")
            found.setdefault(cells, Counter())[outcome] += count
        return found


def of(policy: Policy, requests: Iterable[Request]) -> Log:
    """A log of requests that the policy admits."""
    return Log(policy, Counter(tuple(r[n] for n in policy.signals) for r in requests))


def read(policy: Policy, path: Path) -> Log:
    """A file of requests, one a line. Raises Refusal where there is no such file, or no line of it is a request."""
    counts: Counter[tuple[RequestValue, ...]] = Counter()
    found: list[Diagnostic] = []
    wrong = 0
    machine = Interpreter(policy)
    try:
        with path.open("rb") as stream:
            for number, line in _lines(stream):
                try:
                    request = as_request(policy, parse(line))
                    machine.admit(request)
                except BadRequest as why:
                    wrong += 1
                    if wrong <= MOST:
                        found.append(_none(path, number, line, why.message))
                    continue
                counts[tuple(request.values())] += 1
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise Refusal([_none(path, 1, "", f"the log cannot be read: {reason}")]) from None
    if wrong > MOST:
        found.append(_none(path, 1, "", f"{wrong - MOST:,} more lines are no requests of the policy"))
    if not counts:
        raise Refusal(found or [_none(path, 1, "", "the log has no request")])
    return Log(policy, counts, tuple(found))


def _lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Each line that is not blank with its number; what is longer than any request is cut, so that it is none."""
    number = 0
    while raw := stream.readline(LONGEST):
        number += 1
        while len(raw) >= LONGEST and not raw.endswith(b"\n") and (rest := stream.readline(LONGEST)):
            raw = raw[: LONGEST - 1] + rest[-1:]
        text = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if not text.isspace():
            yield number, text.decode("utf-8", "replace").rstrip("\r\n")


def _none(path: Path, number: int, line: str, message: str) -> Diagnostic:
    """A finding at a line of the log."""
    shown = line[:200]
    source = Source(path.as_posix(), "\n" * (number - 1) + shown, path)
    span = source.span(number - 1, number - 1 + len(shown))
    return finding(UNUSABLE_LOG, message, span, help="a line is a JSON object from signals to values")
