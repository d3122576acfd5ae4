r"""RE2's syntax, read as RE2 reads it by its defaults: Perl's classes, `(?i)`, `(?s)`, `(?m)`, `(?U)`, `\Q…\E`.

Refused beyond what RE2 refuses: classes of Unicode's properties, which differ with the version of Unicode, `(?i)` over
letters beyond ASCII for the same reason, `\C`, and what is too large.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from wrpc.policy.regular.classes import ANY, NEWLINE, PERL, POSIX, cased_beyond, other_cases
from wrpc.policy.regular.node import (
    LAST,
    At,
    Chars,
    Either,
    Joined,
    Node,
    Place,
    Ranges,
    Repeated,
    others,
    ranges,
    size,
)

MOST = 1000
"""Repetitions, those inside of others multiplied: RE2's limit."""
LARGEST = 10_000
"""Characters and places of an expression, its repetitions written out. RE2 has a limit in bytes of its own."""
DEEPEST = 100
"""Groups in groups."""

ESCAPES = {"a": 0x07, "f": 0x0C, "t": 0x09, "n": 0x0A, "r": 0x0D, "v": 0x0B}
PLACES: dict[str, Place] = {"A": "begin", "z": "end", "b": "word", "B": "no word"}
LOOKS = {"(?=": "lookahead", "(?!": "lookahead", "(?<=": "lookbehind", "(?<!": "lookbehind"}


class Refused(ValueError):
    """What is no regular expression of RE2's. `at` is where, `help` what to do instead."""

    def __init__(self, why: str, at: int = 0, length: int = 1, help: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.at = at
        self.length = length
        self.help = help


class TooLarge(Refused):
    pass


@lru_cache(maxsize=512)
def read(pattern: str) -> Node:
    """The nodes of a pattern. Raises Refused."""
    reader = _Reader(pattern)
    node = reader.alternatives(0, reader.flags)
    if reader.at < len(pattern):
        raise Refused("a `)` closes no group", reader.at, help="write `\\)` for the sign itself")
    if size(node) > LARGEST:
        count = f"more than {LARGEST:,} characters"
        raise TooLarge(f"it stands for {count} once its repetitions are written out", 0, len(pattern))
    return node


def literal(pattern: str) -> str | None:
    """The one string that a pattern matches, where it is such a one."""
    node = read(pattern)
    parts = node.parts if isinstance(node, Joined) else (node,)
    found = []
    for part in parts:
        match part:
            case Chars(((low, high),)) if low == high:
                found.append(chr(low))
            case _:
                return None
    return "".join(found)


Flags = frozenset[str]


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.names: set[str] = set()
        self.flags: Flags = frozenset()

    # ── Alternatives, parts, repetitions ──────────────────────────────────

    def alternatives(self, depth: int, flags: Flags) -> Node:
        """Up to a `)` that closes the group, or the end. Flags that are set count until then."""
        if depth > DEEPEST:
            raise TooLarge(f"more than {DEEPEST} groups stand in each other", self.at)
        branches: list[Node] = []
        parts: list[Node] = []
        # The last part may be repeated; one that was may not be again.
        loose = repeated = False
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            sign, start = self.pattern[self.at], self.at
            if sign == "|":
                self.at += 1
                branches.append(_joined(parts))
                parts, loose, repeated = [], False, False
                continue
            counts = self.repetition()
            if counts is not None:
                if repeated:
                    said = self.pattern[start : self.at]
                    raise Refused(f"`{said}` repeats what is repeated already", start, self.at - start, _STACKED)
                if not loose:
                    said = self.pattern[start : self.at]
                    raise Refused(f"`{said}` has nothing to repeat", start, self.at - start, f"write `\\{said[0]}`")
                parts[-1] = self.times(parts[-1], counts, start)
                repeated = True
                continue
            set_flags = self.setting(flags)
            if set_flags is not None:
                flags, repeated = set_flags, False
                continue
            found = self.quoted(flags)
            if found is not None:
                parts += found
                loose, repeated = bool(found) or loose, False
                continue
            parts.append(self.part(depth, flags))
            loose, repeated = True, False
        branches.append(_joined(parts))
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def repetition(self) -> tuple[int, int | None] | None:
        """`*`, `+?`, `{2,5}`; a `{` that begins none of these stands for itself."""
        sign = self.pattern[self.at]
        found: tuple[int, int | None] | None = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign)
        if found is not None:
            self.at += 1
        elif sign == "{":
            found = self.counts()
        if found is not None and self.pattern[self.at : self.at + 1] == "?":
            self.at += 1  # which of several matches is taken makes no difference to the whole
        return found

    def counts(self) -> tuple[int, int | None] | None:
        end = self.pattern.find("}", self.at)
        if end < 0:
            return None
        first, comma, second = self.pattern[self.at + 1 : end].partition(",")
        if not _whole(first) or (second and not _whole(second)):
            return None
        start = self.at
        least = int(first) if len(first) < 9 else MOST + 1
        most = least if not comma else None if not second else int(second) if len(second) < 9 else MOST + 1
        said = self.pattern[start : end + 1]
        if least > MOST or (most or 0) > MOST:
            advice = f"repeat at most {MOST:,} times, or without an end: `{{{min(least, MOST)},}}`"
            raise Refused(f"`{said}` repeats more than {MOST:,} times", start, len(said), advice)
        if most is not None and least > most:
            raise Refused(f"`{said}` ends before it begins", start, len(said), f"write `{{{most},{least}}}`")
        self.at = end + 1
        return least, most

    def times(self, part: Node, counts: tuple[int, int | None], at: int) -> Node:
        least, most = counts
        found = Repeated(part, least, most)
        if _product(found) > MOST:
            raise Refused(
                f"repetitions in each other come to more than {MOST:,}",
                at,
                self.at - at,
                "repeat one of them less often",
            )
        return found

    # ── One part ──────────────────────────────────────────────────────────

    def part(self, depth: int, flags: Flags) -> Node:
        sign = self.pattern[self.at]
        match sign:
            case "(":
                return self.group(depth, flags)
            case "[":
                return Chars(self.set(flags))
            case ".":
                self.at += 1
                return Chars(ANY if "s" in flags else others(NEWLINE))
            case "^":
                self.at += 1
                return At("begin line" if "m" in flags else "begin")
            case "$":
                self.at += 1
                return At("end line" if "m" in flags else "end")
            case "\\":
                return self.escaped(flags)
            case _:
                self.at += 1
                return Chars(self.folded([(ord(sign), ord(sign))], flags, self.at - 1))

    def escaped(self, flags: Flags) -> Node:
        letter = self.pattern[self.at + 1 : self.at + 2]
        place = PLACES.get(letter)
        if place is not None:
            self.at += 2
            return At(place)
        perl = self.perl(flags)
        if perl is not None:
            return Chars(perl)
        start = self.at
        code = self.character()
        return Chars(self.folded([(code, code)], flags, start))

    def group(self, depth: int, flags: Flags) -> Node:
        start = self.at
        rest = self.pattern[self.at :]
        if rest.startswith("(?"):
            for opening, what in LOOKS.items():
                if rest.startswith(opening):
                    raise Refused(f"RE2 has no {what}, found `{opening}`", start, len(opening), _LOOK)
            if rest.startswith(("(?P<", "(?<")):
                self.name(rest.index("<") + 1)
            else:
                flags = self.grouped(flags)
        else:
            self.at += 1
        inner = self.alternatives(depth + 1, flags)
        if self.pattern[self.at : self.at + 1] != ")":
            raise Refused(
                "a group is not closed", start, help="add the missing `)`, or write `\\(` for the sign itself"
            )
        self.at += 1
        return inner

    def name(self, length: int) -> None:
        start = self.at + length
        end = self.pattern.find(">", start)
        name = self.pattern[start:end] if end >= 0 else ""
        if not name or not all(c == "_" or c.isalnum() for c in name) or name in self.names:
            raise Refused("the name of a group is a word in `<…>`, each once", self.at, length)
        self.names.add(name)
        self.at = end + 1

    def setting(self, flags: Flags) -> Flags | None:
        """`(?i)`, which counts for the rest of its group."""
        if not self.pattern.startswith("(?", self.at):
            return None
        end = self.at + 2
        while self.pattern[end : end + 1] in tuple("imsU-"):
            end += 1
        if self.pattern[end : end + 1] != ")":
            return None
        found = self.changed(flags, end)
        self.at = end + 1
        return found

    def grouped(self, flags: Flags) -> Flags:
        """`(?:` and `(?i-s:`."""
        end = self.at + 2
        while self.pattern[end : end + 1] in tuple("imsU-"):
            end += 1
        if self.pattern[end : end + 1] != ":":
            said = self.pattern[self.at : end + 1]
            raise Refused(f"RE2 has no `{said}`", self.at, len(said), "groups are `(…)`, `(?:…)` and `(?i:…)`")
        found = self.changed(flags, end)
        self.at = end + 1
        return found

    def changed(self, flags: Flags, end: int) -> Flags:
        said = self.pattern[self.at + 2 : end]
        on, minus, off = said.partition("-")
        if "-" in off or (minus and not off):
            raise Refused(f"`{said}` are no flags", self.at, end - self.at + 1, "such as `(?i)` or `(?s-i:…)`")
        return (flags | set(on)) - set(off)

    def quoted(self, flags: Flags) -> list[Node] | None:
        r"""`\Q…\E`."""
        if not self.pattern.startswith("\\Q", self.at):
            return None
        end = self.pattern.find("\\E", self.at + 2)
        text = self.pattern[self.at + 2 : end if end >= 0 else None]
        found: list[Node] = [Chars(self.folded([(ord(c), ord(c))], flags, self.at + 2 + i)) for i, c in enumerate(text)]
        self.at = len(self.pattern) if end < 0 else end + 2
        return found

    # ── Characters ────────────────────────────────────────────────────────

    def character(self) -> int:
        r"""A character behind a `\`, by its code point."""
        start = self.at
        letter = self.pattern[start + 1 : start + 2]
        self.at += 2
        if not letter:
            raise Refused("it ends with a `\\`", start, help="write `\\\\` for the sign itself")
        if letter in ESCAPES:
            return ESCAPES[letter]
        if letter == "x":
            return self.hexadecimal(start)
        octal = "01234567"
        if letter == "0" or (letter in octal and self.pattern[self.at : self.at + 1] in tuple(octal)):
            digits = letter
            while len(digits) < 3 and self.pattern[self.at : self.at + 1] in tuple(octal):
                digits += self.pattern[self.at]
                self.at += 1
            return int(digits, 8)
        if letter.isascii() and not letter.isalnum():
            return ord(letter)
        if letter.isdigit():
            raise Refused(f"RE2 has no backreferences, found `\\{letter}`", start, 2, "write out what is repeated")
        advice = None
        if letter in "pP":
            advice = "name the characters themselves, such as `[a-z]` or `[\\x{c0}-\\x{ff}]`"
            raise Refused("classes of Unicode's properties differ with its version", start, 2, advice)
        if letter == "Z":
            advice = "write `\\z`"
        raise Refused(f"RE2 has no `\\{letter}`", start, 2, advice)

    def hexadecimal(self, start: int) -> int:
        if self.pattern[self.at : self.at + 1] == "{":
            end = self.pattern.find("}", self.at)
            digits = self.pattern[self.at + 1 : end] if end >= 0 else ""
            length = end + 1 - start
        else:
            end = self.at + 1
            digits = self.pattern[self.at : self.at + 2] if len(self.pattern) > end else ""
            length = 4
        known = digits and all(d in "0123456789abcdefABCDEF" for d in digits) and len(digits.lstrip("0")) <= 6
        if not known or (code := int(digits, 16)) > LAST:
            raise Refused("`\\x` takes two hex digits, or some in braces", start, max(length, 2), "such as `\\x{e9}`")
        self.at = end + 1
        return code

    def perl(self, flags: Flags) -> Ranges | None:
        r"""`\d`, `\W`."""
        letter = self.pattern[self.at + 1 : self.at + 2]
        found = PERL.get(letter.lower())
        if found is None:
            return None
        self.at += 2
        found = self.folded(found, flags, self.at - 2)
        return others(found) if letter.isupper() else found

    def set(self, flags: Flags) -> Ranges:
        start = self.at
        self.at += 1
        negated = self.pattern[self.at : self.at + 1] == "^"
        self.at += negated
        found: list[tuple[int, int]] = []
        first = True
        while True:
            if self.at >= len(self.pattern):
                raise Refused("a `[` is not closed", start, help="add the missing `]`, or write `\\[`")
            if self.pattern[self.at] == "]" and not first:
                break
            first = False
            found += self.member(flags)
        self.at += 1
        made = ranges(found)
        return others(made) if negated else made

    def member(self, flags: Flags) -> Ranges:
        """A class, a character or a range of them in a set."""
        start = self.at
        if self.pattern.startswith("[:", start) and (end := self.pattern.find(":]", start + 2)) >= 0:
            name = self.pattern[start + 2 : end]
            known = POSIX.get(name.removeprefix("^"))
            if known is None:
                raise Refused(f"no class is called `[:{name}:]`", start, end + 2 - start, "such as `[[:alpha:]]`")
            self.at = end + 2
            known = self.folded(known, flags, start)
            return others(known) if name.startswith("^") else known
        if self.pattern[start] == "\\":
            perl = self.perl(flags)
            if perl is not None:
                return perl
        low = high = self.one()
        if self.pattern.startswith("-", self.at) and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
            self.at += 1
            high = self.one()
            if low > high:
                said = self.pattern[start : self.at]
                raise Refused(f"the range `{said}` ends before it begins", start, len(said))
        return self.folded([(low, high)], flags, start)

    def one(self) -> int:
        if self.pattern[self.at] == "\\":
            return self.character()
        self.at += 1
        return ord(self.pattern[self.at - 1])

    def folded(self, found: Sequence[tuple[int, int]], flags: Flags, at: int) -> Ranges:
        """With the other case of each letter under `(?i)`."""
        made = ranges(found)
        if "i" not in flags:
            return made
        if cased_beyond(made):
            why = "`(?i)` over letters beyond ASCII differs with the version of Unicode"
            raise Refused(why, at, max(self.at - at, 1), "write both cases, such as `[éÉ]`")
        return ranges([*made, *other_cases(made)])


_STACKED = "RE2 has no possessive repetitions; put what is repeated in a group"
_LOOK = "say what the string itself is, or join two conditions with `and`"


def _whole(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and not (len(digits) > 1 and digits[0] == "0")


def _joined(parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Joined(tuple(parts))


def _product(node: Node) -> int:
    """The greatest product of counted repetitions that stand in each other."""
    match node:
        case Joined(parts) | Either(parts):
            return max(map(_product, parts), default=1)
        case Repeated(part, least, most):
            return _product(part) * max(least if most is None else most, 1)
        case _:
            return 1
