"""A real Envoy asks of headers what random policies ask of signals: strings for ends, contents and expressions, sets
for what they are within, tables for their columns, and what an absent header means."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.conformance.envoy.drawn import Asking, Request, drawn
from tests.conformance.envoy.gateway import Gateway, at_once, expected, primaries, together, told
from wrpc.decide import BadRequest, Decision, decide
from wrpc.diagnostics import Refusal

ASKED = {
    "suffix": r"suffix\(", "contains": r"contains\(", "matches": r"matches\(", "within": r" within ",
    "tables": r"\bt\d\.c\d", "absent": r" absent ", "failed": r"failed\(",
}  # fmt: skip
"""What stands in the text of a policy that asks for each."""


def decided(gateway: Gateway, request: Request) -> Decision | None:
    """None for a request that is none."""
    try:
        return decide(gateway.policy, request)
    except BadRequest:
        return None


def test_what_is_asked_of_headers(envoy: Path) -> None:
    examples = drawn(Asking, 100, 30)
    met: Counter[str] = Counter()
    outcomes: set[object] = set()
    with together([e.policy for e in examples]) as gateways:
        for example, gateway in zip(examples, gateways, strict=True):
            if isinstance(gateway, Refusal):
                met["refused"] += 1
                continue
            answers = at_once(gateway.send, example.requests)
            asked = [name for name, pattern in ASKED.items() if re.search(pattern, example.text)]
            for request, answer in zip(example.requests, answers, strict=True):
                decision = decided(gateway, request)
                if decision is None:
                    assert answer.status == 400, f"{request}\n{example.text}"
                    continue
                assert told(answer) == expected(decision), f"{request}\n{example.text}"
                if decision.action == "route":
                    assert answer.pool in primaries(decision), f"{request}\n{example.text}"
                    assert gateway.tried(answer) == [answer.pool], f"{request}\n{example.text}"
                met.update(["answers", *asked])
                outcomes.add((example.text, told(answer)))
    assert met["answers"] >= 2000, met
    assert all(met[name] >= 300 for name in ASKED), met
    assert len(outcomes) >= 250, len(outcomes)
