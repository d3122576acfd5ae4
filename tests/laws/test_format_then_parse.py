"""Printing is without loss: what is printed is parsed as what it was, and stands for the same policy."""

from __future__ import annotations

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import resolved, texts
from tests.laws.volume import many
from wrpc.source import Source
from wrpc.syntax.format import format_file
from wrpc.syntax.parse import parse


def printed(text: str) -> str:
    file, problems = parse(Source("policy.wrp", text))
    assert not problems
    return format_file(file)


@many(2_000)
@given(dice=dices())
def test_print_then_parse(dice: Dice) -> None:
    text = dice.draw(texts())
    once = printed(text)
    assert printed(once) == once
    policy = resolved(text)
    assert resolved(once) == policy
    assert resolved.__wrapped__(text) == policy
