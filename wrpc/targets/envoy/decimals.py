"""Ranges of numbers as regular expressions over their one decimal spelling.

A number in a header is spelled `-12.50`: no exponent, no `+`, no leading zeros, no `-0`, no point without digits, at
most `DIGITS` digits after it; trailing zeros are free. Two spellings are then compared digit by digit, which a regular
expression can do exactly. A bound that is no such decimal (1/3) lies between two neighbouring ones and is moved to the
nearer side: no number that can be spelled stands between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from wrpc.policy.expr import Interval

DIGITS = 20  # `SHAPE` says so too
SHAPE = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]{1,20})?"

_SCALE = 10**DIGITS
_ANY = "[0-9]*"
_SOME = "[0-9]+"
_NOT_ZERO = "0*[1-9][0-9]*"


def numbers(ranges: Iterable[Interval]) -> str:
    """All decimals in any of the ranges, which have both bounds."""
    return _either(part for r in ranges for part in _signed(r, fractions=True)) or "$.^"


def integers(ranges: Iterable[Interval]) -> str:
    """All integers in any of the ranges, which have both bounds, closed and whole."""
    return _either(part for r in ranges for part in _signed(r, fractions=False)) or "$.^"


def any_spelled(r: Interval) -> bool:
    """Whether some decimal lies in the range. Nothing does between a third and its next neighbour."""
    if r.low is None or r.high is None:
        return True
    low, low_open = _spellable(r.low, r.low_open, up=True)
    high, high_open = _spellable(r.high, r.high_open, up=False)
    if low_open and high_open:
        return high - low > Fraction(1, _SCALE)
    return low < high or (low == high and not (low_open or high_open))


def spelled(value: Fraction) -> str | None:
    """The shortest spelling of a number; None where it has none."""
    scaled = value * _SCALE
    if scaled.denominator != 1:
        return None
    whole, rest = divmod(abs(scaled.numerator), _SCALE)
    digits = f"{rest:0{DIGITS}}".rstrip("0")
    return ("-" if scaled < 0 else "") + str(whole) + ("." + digits if digits else "")


def _signed(r: Interval, *, fractions: bool) -> list[str]:
    assert r.low is not None, "a signal has a range"
    assert r.high is not None, "a signal has a range"
    low, low_open = _spellable(r.low, r.low_open, up=True)
    high, high_open = _spellable(r.high, r.high_open, up=False)
    zero = Fraction(0)
    found: list[str] = []
    if low < 0:
        # Below zero the order of the digits turns round; -0 is no spelling.
        top, top_open = (-high, high_open) if high < 0 else (zero, True)
        found += ["-" + part for part in _between(top, top_open, -low, low_open, fractions)]
    if high >= 0:
        bottom, bottom_open = (low, low_open) if low >= 0 else (zero, False)
        found += _between(bottom, bottom_open, high, high_open, fractions)
    return found


def _spellable(bound: Fraction, is_open: bool, *, up: bool) -> tuple[Fraction, bool]:
    """The nearest decimal of at most DIGITS digits on the inner side; that one is then inside."""
    scaled = bound * _SCALE
    if scaled.denominator == 1:
        return bound, is_open
    return Fraction(scaled.__ceil__() if up else scaled.__floor__(), _SCALE), False


def _between(low: Fraction, low_open: bool, high: Fraction, high_open: bool, fractions: bool) -> list[str]:
    """Non-negative numbers of a range."""
    if low > high or (low == high and (low_open or high_open)):
        return []
    below, above = low.__floor__(), high.__floor__()
    if not fractions:
        below, above = low.__ceil__() + (low_open and low.denominator == 1), above - (high_open and high == above)
        return _whole(below, above)
    f, g = _digits(low), _digits(high)
    if below == above:
        return [str(below) + tail for tail in _tails(_range(f, low_open, g, high_open))]
    found = [str(below) + tail for tail in _tails(_least(f, low_open))]
    inner = _either(_whole(below + 1, above - 1))
    if inner:
        found.append(inner + r"(?:\.[0-9]+)?")
    return found + [str(above) + tail for tail in _tails(_most(g, high_open))]


def _digits(value: Fraction) -> str:
    return f"{int(value % 1 * _SCALE):0{DIGITS}}".rstrip("0")


# ── Digits after the point ────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Fraction:
    """Alternatives for the digits after the point, none of them empty; `bare`: no digits at all will do too."""

    digits: list[str]
    bare: bool

    def after(self, prefix: str) -> list[str]:
        """With digits in front, in one alternative where there are several."""
        if not self.digits:
            return [prefix] if self.bare else []
        return [f"{prefix}(?:{'|'.join(self.digits)})?" if self.bare else prefix + _either(self.digits)]


def _tails(f: _Fraction) -> list[str]:
    if not f.digits:
        return [""] if f.bare else []
    tail = r"\." + _either(f.digits)
    return [f"(?:{tail})?" if f.bare else tail]


def _least(f: str, is_open: bool) -> _Fraction:
    """Digits that are `f` or more, or only more. `f` ends in no zero."""
    if not f:
        return _Fraction([_NOT_ZERO], False) if is_open else _Fraction([_SOME], True)
    found = [f[:i] + _class(int(d) + 1, 9) + _ANY for i, d in enumerate(f) if d != "9"]
    return _Fraction([*found, f + (_NOT_ZERO if is_open else _ANY)], False)


def _most(f: str, is_open: bool) -> _Fraction:
    """Digits that are `f` or less, or only less. A shorter beginning of `f` is less."""
    if not f:
        return _Fraction([], False) if is_open else _Fraction(["0+"], True)
    found: list[str] = []
    for i, d in enumerate(f):
        lower = _class(0, int(d) - 1) + _ANY if d != "0" else ""
        if i == 0:
            found += [lower] if lower else []
        else:
            found.append(f[:i] + (f"(?:{lower})?" if lower else ""))
    return _Fraction(found if is_open else [*found, f + "0*"], True)


def _range(f: str, f_open: bool, g: str, g_open: bool) -> _Fraction:
    """Digits from `f` to `g`, the first not greater than the second."""
    if f == g:
        # Not empty, so both are closed.
        return _Fraction([f + "0*"], False) if f else _Fraction(["0+"], True)
    common = 0
    padded = f.ljust(len(g), "0")
    while padded[common] == g[common]:
        common += 1
    start = g[:common]
    a, b = int(padded[common]), int(g[common])
    found: list[str] = []
    bare = False
    if len(f) <= common and not f_open:
        # `f` itself, with the zeros that it has in common with `g`.
        found += [start[:n] for n in range(max(len(f), 1), common + 1)]
        bare = not f
    found += _least(f[common + 1 :], f_open).after(start + str(a))
    if a + 1 < b:
        found.append(start + _class(a + 1, b - 1) + _ANY)
    found += _most(g[common + 1 :], g_open).after(start + str(b))
    return _Fraction(found, bare)


# ── Integers ──────────────────────────────────────────────────────────────


def _whole(low: int, high: int) -> list[str]:
    """Non-negative integers from `low` to `high`, without leading zeros."""
    found: list[str] = []
    free: list[int] = []  # lengths of which every number is in
    for length in range(len(str(max(low, 0))), len(str(max(high, 0))) + 1):
        first = max(low, 10 ** (length - 1) if length > 1 else 0)
        last = min(high, 10**length - 1)
        if length > 1 and first == 10 ** (length - 1) and last == 10**length - 1:
            free.append(length - 1)
        elif first <= last:
            found += _same_length(str(first), str(last))
    if free:
        span = f"{free[0]}" if len(free) == 1 else f"{free[0]},{free[-1]}"
        found.append("[1-9][0-9]" + ("" if span == "1" else "{" + span + "}"))
    return found


def _same_length(low: str, high: str) -> list[str]:
    n = len(low)
    if set(low) <= {"0"} and set(high) <= {"9"}:
        return [_free(n)]
    if low[0] == high[0]:
        return [low[0] + rest for rest in _same_length(low[1:], high[1:])]
    start, end = int(low[0]), int(high[0])
    before: list[str] = []
    after: list[str] = []
    if set(low[1:]) - {"0"}:
        before = [low[0] + rest for rest in _same_length(low[1:], "9" * (n - 1))]
        start += 1
    if set(high[1:]) - {"9"}:
        after = [high[0] + rest for rest in _same_length("0" * (n - 1), high[1:])]
        end -= 1
    middle = [_class(start, end) + _free(n - 1)] if start <= end else []
    return [*before, *middle, *after]


def _free(n: int) -> str:
    return "" if n == 0 else "[0-9]" if n == 1 else f"[0-9]{{{n}}}"


def _class(low: int, high: int) -> str:
    return str(low) if low == high else f"[{low}-{high}]"


def _either(parts: Iterable[str]) -> str:
    found = list(dict.fromkeys(parts))
    return found[0] if len(found) == 1 else "(?:" + "|".join(found) + ")" if found else ""
