"""String signals as positions: all that a policy asks of a string, put in order, is a few ranges.

By code point, a string that equals a word is one point, one that begins with a prefix lies in a range, one that stands
before a word lies below it. So a string signal that is only ever held against constants is an integer, the number of
the cell that its value lies in: the words themselves, and the gaps between them. That is exact, and for a policy with
a route a tenant hundreds of times as fast as a theory of strings. A signal that is compared with another signal stays a
string of Z3's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property

from wrpc.policy.expr import Attribute, StringLiteral, StringSignal, Text, TextTerm, walk
from wrpc.policy.model import Policy
from wrpc.solver.failures import conditions

FILLERS = "xa0-_ !\t\x01\0"  # what a gap's own string ends in, the most readable that fits first


class Cells:
    """Words at even numbers, and at each odd number what lies between two words, or behind the last."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted({"", *words})

    def of(self, text: str) -> int:
        """The cell that a string lies in."""
        at = bisect_left(self.words, text)
        return 2 * at if self.words[at : at + 1] == [text] else 2 * at - 1

    def word(self, text: str) -> int:
        """The cell of a word. It is one of those the cells were made of."""
        cell = self.of(text)
        assert cell % 2 == 0, "every word that a policy names is known beforehand"
        return cell

    def beginning_with(self, prefix: str) -> tuple[int, int | None]:
        """The first cell and the last; None where there is none behind the last word."""
        end = after(prefix)
        return self.word(prefix), None if end is None else self.word(end) - 1

    def range(self, relation: str, text: str, *, turned: bool) -> tuple[int, int | None]:
        """The cells of the strings that stand in a relation to a word, or, `turned`, to which the word does."""
        at = self.word(text)
        match relation:
            case "equals":
                return at, at
            case "before":
                return (at + 1, None) if turned else (0, at - 1)
            case _:
                assert not turned, "a signal that is a prefix has no cells"
                return self.beginning_with(text)

    @cached_property
    def count(self) -> int:
        return 2 * len(self.words)

    def example(self, cell: int) -> str | None:
        """A string of the cell; None for a gap with nothing in it."""
        word = self.words[cell // 2]
        if cell % 2 == 0:
            return word
        following = self.words[cell // 2 + 1 : cell // 2 + 2]
        return next((word + f for f in FILLERS if not following or word + f < following[0]), None)

    @cached_property
    def empty(self) -> list[int]:
        return [i for i in range(1, self.count, 2) if self.example(i) is None]


def after(prefix: str) -> str | None:
    """The least string behind all that begin with a prefix; None where there is none."""
    for end in range(len(prefix), 0, -1):
        code = ord(prefix[end - 1]) + 1
        if 0xD800 <= code < 0xE000:
            code = 0xE000  # no text holds what lies between
        if code <= 0x10FFFF:
            return prefix[: end - 1] + chr(code)
    return None


def cells(policies: Iterable[Policy]) -> dict[str, Cells]:
    """The cells of each string signal that is only held against constants, over all that these policies say."""
    words: dict[str, set[str]] = {}
    together: set[str] = set()
    for policy in policies:
        for condition in conditions(policy):
            for node in walk(condition):
                if isinstance(node, Text):
                    _note(policy, node, words, together)
    return {name: Cells(found) for name, found in words.items() if name not in together}


def _note(policy: Policy, node: Text, words: dict[str, set[str]], together: set[str]) -> None:
    signals = [t.name for t in (node.left, node.right) if isinstance(t, StringSignal)]
    if len(signals) != 1 or (node.relation == "prefix" and isinstance(node.right, StringSignal)):
        together.update(signals)
        return
    words.setdefault(signals[0], set())
    for name, text, _ in held(policy, node):
        words[name].add(text)
        if node.relation == "prefix" and (end := after(text)) is not None:
            words[name].add(end)


def held(policy: Policy, node: Text) -> Iterator[tuple[str, str, bool]]:
    """Each constant that a relation holds its only string signal against, and whether the signal stands on the
    right."""
    for signal, other, turned in ((node.left, node.right, False), (node.right, node.left, True)):
        if isinstance(signal, StringSignal) and not isinstance(other, StringSignal):
            yield from ((signal.name, text, turned) for text in _texts(policy, other))


def _texts(policy: Policy, term: TextTerm) -> list[str]:
    match term:
        case StringLiteral(value):
            return [value]
        case Attribute(name):
            return [v for p in policy.pools.values() if (v := p.attribute(name)) is not None]
        case _:
            return []
