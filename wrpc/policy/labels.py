"""What each label of pools, or of sites, is, over all that have it: a number on every one, or on none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from wrpc.diagnostics import Related
from wrpc.policy import codes, units
from wrpc.policy.faults import Faults
from wrpc.syntax import tree
from wrpc.values import value


@value
class Labels:
    """`words` are compared with strings, `numbers` with numbers of their dimension."""

    words: frozenset[str] = frozenset()
    numbers: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[str]:
        yield from (*self.words, *self.numbers)


def read(sections: Iterable[tree.Section], faults: Faults) -> Labels:
    """What the labels of these sections are, in which one that is a number here and a word there is reported."""
    first: dict[str, tuple[str | None, tree.Attribute]] = {}
    for section in sections:
        for label in written(section):
            kind = _kind(label.value)
            known, there = first.setdefault(label.name.text, (kind, label))
            if kind != known:
                was, now = _said(known), _said(kind)
                faults.add(
                    codes.MIXED_LABEL,
                    f"the label `{label.name.text}` is {now} here, and {was} elsewhere",
                    label.value.span,
                    related=[Related(there.value.span, f"{was} here")],
                    help="a label is a number, of one dimension, wherever it is declared, or nowhere",
                )
    numbers = {name: kind for name, (kind, _) in first.items() if kind is not None}
    return Labels(frozenset(first) - numbers.keys(), numbers)


def written(section: tree.Section) -> Iterator[tree.Attribute]:
    """The labels of a section."""
    for item in section.items:
        if isinstance(item, tree.Attribute) and item.name.text == "labels" and isinstance(item.value, tree.Block):
            yield from item.value.attributes


def _kind(value: tree.Value) -> str | None:
    """The dimension of a number, None for what is none."""
    if not isinstance(value, tree.Number):
        return None
    unit = units.unit(value.unit)
    return "" if unit is None else unit.dimension


def _said(kind: str | None) -> str:
    return "a word" if kind is None else units.title(kind)
