"""What an override says of a signal is as if the signal had been declared so: attributes of random signals are
taken out of their declarations and said in overrides, some of them twice."""

from __future__ import annotations

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import resolved, texts
from tests.laws.volume import compared, many
from wrpc.source import Source
from wrpc.syntax import tree
from wrpc.syntax.parse import parse

MOVED = ("threshold", "above", "on_error", "absent", "evidence")
PARTS = ("signals", "groups", "definitions", "bands", "routes", "default", "guards", "assertions", "assumptions")


def apart(text: str) -> str:
    file, _ = parse(Source("policy.wrp", text))
    cuts: list[tuple[int, int]] = []
    said: list[str] = []
    changed = {d.section.name for d in file.declarations if isinstance(d, tree.Override)}
    for declared in file.declarations:
        if not isinstance(declared, tree.Signal) or declared.block is None or declared.name in changed:
            continue
        moved = [a for a in declared.block.attributes if a.name.text in MOVED]
        cuts += [(a.span.start, a.span.end) for a in moved]
        compared("attributes", len(moved))
        said += [f"override signal {declared.name.span.text} {{ {a.span.text} }}" for a in (*moved[:1], *moved)]
    for start, end in sorted(cuts, reverse=True):
        text = text[:start] + text[end:]
    return "\n".join((text, *said))


@many(2_000, floors={"attributes": 2_500})
@given(dice=dices())
def test_it_is_as_if_declared_so(dice: Dice) -> None:
    text = dice.draw(texts())
    written, changed = resolved(text), resolved(apart(text))
    for part in PARTS:
        assert getattr(changed, part) == getattr(written, part), part
