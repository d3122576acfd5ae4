"""A witness is a request that a reader can send: in range, in decimals, as simple as the fault allows."""

from __future__ import annotations

import json

import pytest

from wrpc import check, decide, loads
from wrpc.decide.request import parse

POOLS = "pool p { } pool q { } default { to p } assert never_q { never destination.pool == q }\n"


def shown(text: str) -> dict[str, object]:
    policy = loads(POOLS + text)
    (found,) = [d for d in check(policy).diagnostics if d.code.id == "WRP401"]
    assert found.witness is not None
    request = parse(json.dumps(found.witness))
    assert decide(policy, request).pools == ("q",)
    return request


@pytest.mark.parametrize(
    ("text", "witness"),
    [
        ('signal n: int(15..18) { source keywords("n") } route r { when n > 16  to q }', {"n": 17}),
        ('signal n: int(-18..-15) { source keywords("n") } route r { when n < -16  to q }', {"n": -17}),
        ("signal n: int(0..1M) { source prompt_tokens } route r { when n > 7_654  to q }", None),
        ('signal x: real(0.26..0.29) { source keywords("x") } route r { when x > 0.27  to q }', None),
        ('signal x: score(-1..1) { source keywords("x") } route r { when 3 * raw(x) > -1 and raw(x) < 0 to q }', None),
        ('signal s: string { source keywords("s") } route r { when s == "a\\\\u{41}é"  to q }', {"s": "a\\u{41}é"}),
    ],
)  # fmt: skip
def test_in_range(text: str, witness: dict[str, object] | None) -> None:
    found = shown(text)
    assert witness is None or found == witness


def test_rounded_together_where_they_depend_on_each_other() -> None:
    shown(
        'signal x: real(-1..1.5) { source keywords("x") } signal y: real(-1..1) { source keywords("y") }'
        " route r { when 3 * x + y == -2 and y > -0.9 and y < 0.95 and 2 * x - 0.5 * y < -1  to q }"
    )


def test_what_does_not_matter_is_left_out() -> None:
    assert shown(
        'signal a: bool { source keywords("a") } signal b: bool { source keywords("b") }'
        " signal n: int(0..100k) { source prompt_tokens } route r { when a and (b or not b) and n >= 0  to q }"
    ) == {"a": True}
