"""Expressions over the bytes of UTF-8: some programs match byte by byte, and a character beyond ASCII is several.

Both directions hold for texts that are UTF-8, as `WHOLE` asks of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from wrpc.policy.regular.classes import NEWLINE
from wrpc.policy.regular.node import LAST, At, Chars, Either, Joined, Node, Ranges, Repeated, others, ranges
from wrpc.policy.regular.syntax import read
from wrpc.policy.regular.text import written

ASCII = 0x7F
BEYOND: Ranges = ranges([(ASCII + 1, LAST)])
LEADS, FOLLOWING = (0xC2, 0xF4), (0x80, 0xBF)
_BYTES = ((ASCII + 1, 0xFF),)
_LONG = {2: (0xC2, 0xDF), 3: (0xE0, 0xEF), 4: (0xF0, 0xF4)}
"""The first bytes of characters of so many."""
# What stands in such a text is itself to both: characters one after the other, `|`, `.*`, classes of ASCII.
_ESCAPED = re.compile(r"\\[xQ0-7]")


class NoText(ValueError):
    """An expression over bytes that are no whole characters."""


# ── From characters to bytes ──────────────────────────────────────────────


def in_bytes(pattern: str) -> str:
    """The expression that matches the bytes of what the pattern matches; the pattern itself where it does."""
    node = read(pattern)
    anywhere = not any(isinstance(n, At) and n.place == "no word" for n in _each(node))
    if _alike(node, anywhere, spelled=not _ESCAPED.search(pattern) and "[" not in pattern):
        return pattern
    return written(_in_bytes(node, anywhere), bytewise=True)


def _each(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case Joined(parts) | Either(parts):
            for part in parts:
                yield from _each(part)
        case Repeated(part):
            yield from _each(part)
        case _:
            pass


def _alike(node: Node, anywhere: bool, *, spelled: bool) -> bool:
    """`spelled`: a character beyond ASCII stands in the pattern as itself."""
    match node:
        case Chars(found):
            alone = len(found) == 1 and found[0][0] == found[0][1]
            return not found or found[-1][1] <= ASCII or (spelled and alone)
        case Joined(parts) | Either(parts):
            return all(_alike(p, anywhere, spelled=spelled) for p in parts)
        case Repeated(Chars(found), least, most):
            return not found or found[-1][1] <= ASCII or (anywhere and _free(found, least, most))
        case Repeated(part):
            return _alike(part, anywhere, spelled=spelled)
        case _:
            return True


def _free(found: Ranges, least: int, most: int | None) -> bool:
    """Any number of characters, of which all beyond ASCII may be: then it makes no difference where in a character it
    begins or ends. Not so where a place asks for no word on either side: that is also inside a character."""
    return least == 0 and most is None and _beyond(found) == BEYOND


def _beyond(found: Ranges) -> Ranges:
    return ranges([(max(low, ASCII + 1), high) for low, high in found if high > ASCII])


def _ascii(found: Ranges) -> Ranges:
    return ranges([(low, min(high, ASCII)) for low, high in found if low <= ASCII])


def _in_bytes(node: Node, anywhere: bool) -> Node:
    match node:
        case Joined(parts):
            return Joined(tuple(_in_bytes(p, anywhere) for p in parts))
        case Either(parts):
            return Either(tuple(_in_bytes(p, anywhere) for p in parts))
        case Repeated(Chars(found) as part, least, most):
            if anywhere and _free(found, least, most):
                return Repeated(Chars(ranges([*_ascii(found), *_BYTES])), least, most)
            return Repeated(_character(part), least, most)
        case Repeated(part, least, most):
            return Repeated(_in_bytes(part, anywhere), least, most)
        case Chars():
            return _character(node)
        case _:
            return node


def _character(node: Chars) -> Node:
    low, beyond = _ascii(node.ranges), _beyond(node.ranges)
    if not beyond:
        return node
    options: list[Node] = [Chars(low)] if low else []
    if beyond == BEYOND:
        options.append(Joined((Chars((LEADS,)), Repeated(Chars((FOLLOWING,)), 1, None))))
    else:
        options += _spelled(beyond)
    return options[0] if len(options) == 1 else Either(tuple(options))


def _spelled(found: Ranges) -> Iterator[Node]:
    for low, high in found:
        for sequence in _sequences(low, high):
            yield Joined(tuple(Chars((one,)) for one in sequence))


def _sequences(low: int, high: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """The characters of a range as sequences of ranges of bytes."""
    for last in (0x7FF, 0xFFFF):
        if low <= last < high:
            yield from _sequences(low, last)
            yield from _sequences(last + 1, high)
            return
    first, final = chr(low).encode(), chr(high).encode()
    for count in range(1, len(first)):
        mask = (1 << 6 * count) - 1
        if low & ~mask != high & ~mask:
            # Where the last bytes are not all there are, those characters stand alone.
            cut = low | mask if low & mask else (high & ~mask) - 1 if high & mask != mask else None
            if cut is not None:
                yield from _sequences(low, cut)
                yield from _sequences(cut + 1, high)
                return
    yield tuple(zip(first, final, strict=True))


WHOLE = written(
    Repeated(Either((Chars(_ascii(others(NEWLINE))), *_spelled(BEYOND))), 0, None),
    bytewise=True,
)
"""Bytes that are a text without a line break."""


# ── And back ──────────────────────────────────────────────────────────────


def of_bytes(pattern: str) -> str:
    """The expression over characters that matches the texts whose bytes the pattern matches; the pattern itself where
    it does. Raises NoText."""
    node = read(pattern.encode().decode("latin-1"))
    if not any(isinstance(n, Chars) and _beyond(n.ranges) for n in _each(node)):
        return pattern
    nodes = list(_each(node))
    free = [n for n in nodes if isinstance(n, Repeated) and not n.least and isinstance(n.part, Chars)]
    if any(isinstance(n, At) and n.place == "no word" for n in nodes) and any(
        isinstance(n.part, Chars) and _beyond(n.part.ranges) for n in free
    ):
        raise NoText("a place inside of a character")
    return written(_of_bytes(node))


def _of_bytes(node: Node) -> Node:
    match node:
        case Chars(found):
            if _beyond(found):
                raise NoText("a byte that is no character")
            return node
        case Joined(parts):
            made = tuple(_joined(list(parts)))
            return made[0] if len(made) == 1 else Joined(made)
        case Either(parts):
            options = [_of_bytes(p) for p in parts]
            sets = [o for o in options if isinstance(o, Chars)]
            if len(sets) == len(options):
                return Chars(ranges([r for s in sets for r in s.ranges]))
            return Either(tuple(options))
        case Repeated(Chars(found), 0, None) if _beyond(found):
            # What is above a byte is none, such as the end of `.`.
            low, high = _beyond(found)[0]
            if low > ASCII + 1 or high < 0xFF:
                raise NoText("bytes that are no characters")
            return Repeated(Chars(ranges([*_ascii(found), *BEYOND])), 0, None)
        case Repeated(part, least, most):
            return Repeated(_of_bytes(part), least, most)
        case _:
            return node


def _joined(parts: Sequence[Node]) -> Iterator[Node]:
    at = 0
    while at < len(parts):
        part = parts[at]
        if not isinstance(part, Chars) or not _beyond(part.ranges):
            yield _of_bytes(part)
            at += 1
        elif part.ranges == (LEADS,) and parts[at + 1 : at + 2] == [Repeated(Chars((FOLLOWING,)), 1, None)]:
            yield Chars(BEYOND)
            at += 2
        else:
            low, high = part.ranges[0][0], part.ranges[-1][1]
            count = next((n for n, (first, last) in _LONG.items() if first <= low and high <= last), 0)
            found = parts[at : at + count]
            if not count or len(found) < count:
                raise NoText("the beginning of a character")
            yield Chars(_characters([p.ranges if isinstance(p, Chars) else () for p in found]))
            at += count


def _characters(sets: Sequence[Ranges]) -> Ranges:
    """The characters of these bytes, one of each set. Behind the first set that is a range each has all that follow."""
    for found in sets[1:]:
        if not found or found[0][0] < FOLLOWING[0] or found[-1][1] > FOLLOWING[1]:
            raise NoText("what follows in no character")
    made: list[tuple[int, int]] = []
    for one in product(*sets):
        wide = next((i for i, (low, high) in enumerate(one) if low != high), len(one))
        if any(r != FOLLOWING for r in one[wide + 1 :]):
            raise NoText("characters with gaps")
        try:
            first, last = (bytes(r[end] for r in one).decode() for end in (0, 1))
        except UnicodeDecodeError as error:
            raise NoText("bytes that are no character") from error
        made.append((ord(first), ord(last)))
    return ranges(made)
