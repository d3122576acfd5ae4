"""What a regular expression of an emitted file stands for: words, ranges of numbers, strings.

Written against the syntax alone, for reading files back: nothing here knows how the expressions are made. What is no
such set is `Unreadable`, so that a wrong expression is never read as the right one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from wrpc.policy.expr import Interval
from wrpc.policy.intervals import merged


class Unreadable(Exception):
    """A file, or a part of one, that says nothing about decisions that is known here."""


# ── Syntax ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of these ranges."""

    ranges: tuple[tuple[str, str], ...]

    @property
    def only(self) -> str | None:
        low, high = self.ranges[0]
        return low if len(self.ranges) == 1 and low == high else None


@dataclass(frozen=True, slots=True)
class Seq:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alt:
    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Rep:
    node: Node
    least: int
    most: int | None


Node = Chars | Seq | Alt | Rep

ANY = Chars((("\0", "\U0010ffff"),))
NUL = Chars((("\0", "\0"),))


def parse(text: str) -> Node:
    parser = _Parser(text)
    node = parser.alternatives()
    if parser.at != len(text):
        raise Unreadable(f"`{text}` at {parser.at}")
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, wanted: str) -> bool:
        if self.text.startswith(wanted, self.at):
            self.at += len(wanted)
            return True
        return False

    def alternatives(self) -> Node:
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Alt(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.single()))
        return parts[0] if len(parts) == 1 else Seq(tuple(parts))

    def single(self) -> Node:
        if self.take("(?:"):
            node = self.alternatives()
            if not self.take(")"):
                raise Unreadable(f"`{self.text}`: a group is open")
            return node
        if self.take("["):
            ranges = []
            while not self.take("]"):
                low = self.character()
                high = self.character() if self.take("-") else low
                ranges.append((low, high))
            return Chars(tuple(ranges))
        if self.take("."):
            return ANY
        if self.peek() in ("*", "+", "?", "{", "(", "^", "$", ""):
            raise Unreadable(f"`{self.text}` at {self.at}")
        c = self.character()
        return Chars(((c, c),))

    def character(self) -> str:
        c = self.peek()
        self.at += 1
        if c == "":
            raise Unreadable(f"`{self.text}` ends early")
        if c != "\\":
            return c
        c = self.peek()
        self.at += 1
        if c == "x" and self.take("{"):
            end = self.text.index("}", self.at)
            code = int(self.text[self.at : end], 16)
            self.at = end + 1
            return chr(code)
        if c == "" or c.isalnum():
            raise Unreadable(f"`{self.text}`: `\\{c}`")
        return c

    def repeated(self, node: Node) -> Node:
        least = 0
        most: int | None = None
        match self.peek():
            case "?":
                least, most = 0, 1
            case "*":
                least, most = 0, None
            case "+":
                least, most = 1, None
            case "{":
                end = self.text.index("}", self.at)
                low, comma, high = self.text[self.at + 1 : end].partition(",")
                least, most = int(low), (int(high) if high else None) if comma else int(low)
                self.at = end
            case _:
                return node
        self.at += 1
        if self.peek() in ("?", "+", "*"):
            raise Unreadable(f"`{self.text}`: a repeated repetition")
        return Rep(node, least, most)


def flat(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The same sequence with the first node no sequence."""
    found = tuple(nodes)
    while found and isinstance(found[0], Seq):
        found = (*found[0].parts, *found[1:])
    return found


def choices(nodes: Sequence[Node]) -> Iterator[tuple[Node, ...]] | None:
    """The sequences that a sequence with an alternative or an option in front stands for; None where it has none."""
    match nodes[0]:
        case Alt(options):
            return (flat((o, *nodes[1:])) for o in options)
        case Rep(node, 0, 1):
            return (flat(s) for s in ((node, *nodes[1:]), nodes[1:]))
        case _:
            return None


# ── Words ─────────────────────────────────────────────────────────────────


def words(node: Node, limit: int = 100_000) -> frozenset[str]:
    """All texts that match, where they are few."""
    found: set[str] = set()
    todo: list[tuple[str, tuple[Node, ...]]] = [("", flat((node,)))]
    while todo:
        text, rest = todo.pop()
        if not rest:
            found.add(text)
        elif (split := choices(rest)) is not None:
            todo += [(text, s) for s in split]
        elif isinstance(rest[0], Chars) and (c := rest[0].only) is not None:
            todo.append((text + c, flat(rest[1:])))
        else:
            raise Unreadable("an expression that is no list of words")
        if len(found) + len(todo) > limit:
            raise Unreadable("an expression of too many words")
    return frozenset(found)


# ── Numbers ───────────────────────────────────────────────────────────────

_DIGITS = 20  # more are refused before anything else is asked
_FREE = (Interval(Fraction(0), Fraction(1), False, True),)
_SOME = (Interval(Fraction(0), Fraction(1), True, True),)
_ZERO = (Interval(Fraction(0), Fraction(0)),)
_FIRST_IS_NOT_ZERO = (Interval(Fraction(1, 10), Fraction(1), False, True),)


def decimals(node: Node) -> tuple[Interval, ...]:
    """The numbers whose decimal spellings match, sorted and disjoint."""
    return merged(_signed(flat((node,))))


def _signed(nodes: tuple[Node, ...]) -> Iterator[Interval]:
    if nodes and (split := choices(nodes)) is not None:
        for s in split:
            yield from _signed(s)
    elif nodes and isinstance(nodes[0], Chars) and nodes[0].only == "-":
        for r in _whole(flat(nodes[1:]), ((0, 0),), 0):
            yield Interval(_minus(r.high), _minus(r.low), r.high_open, r.low_open)
    else:
        yield from _whole(nodes, ((0, 0),), 0)


def _minus(bound: Fraction | None) -> Fraction | None:
    return None if bound is None else -bound


Whole = tuple[tuple[int, int | None], ...]


def _whole(nodes: tuple[Node, ...], whole: Whole, digits: int) -> Iterator[Interval]:
    """From the front, with the digits so far as ranges of whole numbers."""
    if not nodes or _begins_fraction(nodes):
        if digits == 0:
            raise Unreadable("a number without digits")
        yield from _joined(whole, _fraction_or_none(nodes))
        return
    if (split := choices(nodes)) is not None:
        for s in split:
            yield from _whole(s, whole, digits)
        return
    rest = flat(nodes[1:])
    match nodes[0]:
        case Chars():
            yield from _whole(rest, _longer(whole, _digit(nodes[0])), digits + 1)
        case Rep(Chars() as c, least, None) if _digit(c) == (0, 9):
            for _ in range(least):
                whole = _longer(whole, (0, 9))
            yield from _whole(rest, tuple(_endless(low, high) for low, high in whole), digits + 1)
        case Rep(Chars() as c, least, int(most)):
            for n in range(most + 1):
                if n >= least:
                    yield from _whole(rest, whole, digits + n)
                whole = _longer(whole, _digit(c))
        case _:
            raise Unreadable("an expression that is no number")


def _digit(c: Chars) -> tuple[int, int]:
    low, high = c.ranges[0]
    if len(c.ranges) != 1 or not ("0" <= low <= high <= "9"):
        raise Unreadable("an expression that is no number")
    return int(low), int(high)


def _longer(whole: Whole, digit: tuple[int, int]) -> Whole:
    """One more digit behind."""
    found: list[tuple[int, int | None]] = []
    for low, high in whole:
        if high is None or high - low > 1000:
            if digit != (0, 9):
                raise Unreadable("too many numbers with gaps")
            found.append((low * 10, None if high is None else high * 10 + 9))
        elif digit == (0, 9):
            found.append((low * 10, high * 10 + 9))
        else:
            found += [(n * 10 + digit[0], n * 10 + digit[1]) for n in range(low, high + 1)]
    return tuple(found)


def _endless(low: int, high: int | None) -> tuple[int, int | None]:
    """Any number of digits behind."""
    if high is not None and high + 1 < 10 * low:
        raise Unreadable("numbers of any length with gaps")
    return low, None


def _begins_fraction(nodes: tuple[Node, ...]) -> bool:
    match nodes[0]:
        case Chars() as c:
            return c.only == "."
        case Rep(node, 0, 1):
            return _begins_fraction(flat((node,)))
        case Alt(options):
            return all(_begins_fraction(flat((o,))) for o in options)
        case _:
            return False


def _fraction_or_none(nodes: tuple[Node, ...]) -> tuple[Interval, ...]:
    if not nodes:
        return _ZERO
    if (split := choices(nodes)) is not None:
        return merged([r for s in split for r in _fraction_or_none(s)])
    if isinstance(nodes[0], Chars) and nodes[0].only == "." and len(nodes) > 1:
        return _fraction(flat(nodes[1:]), 0)
    raise Unreadable("an expression that is no number")


def _fraction(nodes: tuple[Node, ...], depth: int) -> tuple[Interval, ...]:
    """What `0.` and a match of the sequence are as numbers."""
    if not nodes:
        return _ZERO
    if (split := choices(nodes)) is not None:
        return merged([r for s in split for r in _fraction(s, depth)])
    rest = flat(nodes[1:])
    match nodes[0]:
        case Chars() as c:
            low, high = _digit(c)
            behind = _fraction(rest, depth + 1)
            return merged([_behind(d, r) for d in range(low, high + 1) for r in behind])
        case Rep(Chars() as c, least, most) if _digit(c) == (0, 9) and not rest and least <= 1:
            if most is not None and most < _DIGITS - depth:
                raise Unreadable("numbers of few digits")
            return _FREE
        case Rep(Chars() as c, 0 | 1, None) if _digit(c) == (0, 0):
            behind = _fraction(rest, depth)
            if behind == _ZERO:
                return _ZERO
            if behind == _FIRST_IS_NOT_ZERO:
                return _SOME
    raise Unreadable("an expression that is no number")


def _behind(digit: int, r: Interval) -> Interval:
    assert r.low is not None, "a fraction has bounds"
    assert r.high is not None, "a fraction has bounds"
    return Interval((digit + r.low) / 10, (digit + r.high) / 10, r.low_open, r.high_open)


def _joined(whole: Whole, fraction: tuple[Interval, ...]) -> Iterator[Interval]:
    for low, high in whole:
        if fraction == _FREE:
            yield Interval(Fraction(low), None if high is None else Fraction(high + 1), False, True)
        elif high is not None and high - low <= 100_000:
            for r in fraction:
                assert r.low is not None, "a fraction has bounds"
                assert r.high is not None, "a fraction has bounds"
                for n in range(low, high + 1):
                    yield Interval(n + r.low, n + r.high, r.low_open, r.high_open)
        else:
            raise Unreadable("too many numbers with gaps")


def integers(node: Node) -> tuple[Interval, ...]:
    """The whole numbers whose spellings match, as closed ranges."""
    return merged(_integers(flat((node,)), negative=False))


def _integers(nodes: tuple[Node, ...], *, negative: bool) -> Iterator[Interval]:
    if nodes and (split := choices(nodes)) is not None:
        for s in split:
            yield from _integers(s, negative=negative)
    elif nodes and isinstance(nodes[0], Chars) and nodes[0].only == "-" and not negative:
        yield from _integers(flat(nodes[1:]), negative=True)
    else:
        for low, high in _run(nodes, ((0, 0),)):
            a, b = Fraction(low), None if high is None else Fraction(high)
            yield Interval(_minus(b), -a) if negative else Interval(a, b)


def _run(nodes: tuple[Node, ...], whole: Whole) -> Whole:
    if not nodes:
        return whole
    if (split := choices(nodes)) is not None:
        return tuple(r for s in split for r in _run(s, whole))
    rest = flat(nodes[1:])
    match nodes[0]:
        case Chars() as c:
            return _run(rest, _longer(whole, _digit(c)))
        case Rep(Chars() as c, least, int(most)):
            found: list[tuple[int, int | None]] = []
            for n in range(most + 1):
                if n >= least:
                    found += _run(rest, whole)
                whole = _longer(whole, _digit(c))
            return tuple(found)
        case Rep(Chars() as c, least, None) if _digit(c) == (0, 9):
            for _ in range(least):
                whole = _longer(whole, (0, 9))
            return _run(rest, tuple(_endless(low, high) for low, high in whole))
        case _:
            raise Unreadable("an expression that is no number")
