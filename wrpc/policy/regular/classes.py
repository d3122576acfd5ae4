r"""Sets of characters that have names in RE2's syntax (`\d`, `[:alpha:]`), and the other case of letters."""

from __future__ import annotations

from wrpc.policy.regular.node import LAST, Ranges, ranges

DIGIT: Ranges = ((0x30, 0x39),)
WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
NEWLINE: Ranges = ((0x0A, 0x0A),)
ANY: Ranges = ranges([(0, LAST)])

PERL = {"d": DIGIT, "w": WORD, "s": SPACE}
POSIX: dict[str, Ranges] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)), "alpha": ((0x41, 0x5A), (0x61, 0x7A)), "ascii": ((0, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)), "cntrl": ((0, 0x1F), (0x7F, 0x7F)), "digit": DIGIT,
    "graph": ((0x21, 0x7E),), "lower": ((0x61, 0x7A),), "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)), "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),), "word": WORD, "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}  # fmt: skip
FOLDED = {0x6B: 0x212A, 0x73: 0x17F}  # `k` is also the sign for kelvin, `s` also the long one


def other_cases(found: Ranges) -> Ranges:
    """The other case of each letter of ASCII, and what folds to it."""
    more = []
    for low, high in found:
        for first, last, offset in ((0x41, 0x5A, 32), (0x61, 0x7A, -32)):
            if low <= last and high >= first:
                more.append((max(low, first) + offset, min(high, last) + offset))
        for letter, other in FOLDED.items():
            for one in (letter, letter - 32, other):
                if low <= one <= high:
                    more += [(c, c) for c in (letter, letter - 32, other)]
    return ranges(more)


def cased_beyond(found: Ranges) -> bool:
    """Whether a letter beyond ASCII has another case, which differs with the version of Unicode."""
    return any(
        _cased(c)
        for low, high in found
        if high > 0x7F
        for c in range(max(low, 0x80), high + 1)
        if c not in FOLDED.values()
    )


def _cased(code: int) -> bool:
    letter = chr(code)
    return letter != letter.lower() or letter != letter.upper() or letter != letter.casefold()
