"""One request: JSON in, exact values out, or what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from wrpc.decide import codes
from wrpc.diagnostics import Code, did_you_mean, listing
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Set, Signal, String

FAILED = None
RequestValue = bool | Fraction | str | frozenset[str] | None
Request = Mapping[str, RequestValue]

_DIGITS = 400  # beyond this no signal's range reaches, and an exact fraction of 1e999999999 would fill the memory


class BadRequest(Exception):
    """A request that is none of the policy's. `code` says in which way."""

    def __init__(self, code: Code, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code.id} {message}")

    def json(self) -> dict[str, object]:
        return {"error": {"code": self.code.id, "message": self.message}}


def parse(line: str) -> dict[str, object]:
    """A JSON object with its numbers exact. Raises BadRequest."""
    try:
        # A short line has no number that is too long.
        value = (_SHORT if len(line) <= _DIGITS else _LONG).decode(line)
    except (ValueError, RecursionError) as error:
        said = str(error).partition("\n")[0] if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        raise BadRequest(codes.UNREADABLE, f"the line is not a JSON object: {said}") from None
    if not isinstance(value, dict):
        raise BadRequest(codes.UNREADABLE, f"the line is a JSON value but not an object: {_kind(value)}")
    return value


def _integer(text: str) -> object:
    return int(text) if len(text) <= _DIGITS else Decimal(text)


def _no_constant(text: str) -> object:
    raise BadRequest(codes.UNREADABLE, f"`{text}` is not a JSON number")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise BadRequest(codes.UNREADABLE, f"`{name}` appears twice in the request")
            seen.add(name)
    return found


_SHORT = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once)
_LONG = json.JSONDecoder(parse_float=Decimal, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=_once)


def read(policy: Policy, given: Mapping[str, object]) -> dict[str, RequestValue]:
    """Every signal's value: what is given, checked, and the defaults of the rest. Raises BadRequest."""
    for name in given:
        if name not in policy.signals:
            hint = did_you_mean(name, policy.signals)
            raise BadRequest(codes.UNKNOWN_SIGNAL, f"no signal `{name}`" + (f", {hint}" if hint else ""))
    return {
        name: _value(signal, given[name]) if name in given else default(signal)
        for name, signal in policy.signals.items()
    }


def unsaid(policy: Policy, given: Mapping[str, object]) -> dict[str, RequestValue]:
    """The signals that can fail and that a request does not name, with what they then count as; not those whose
    `absent` says so."""
    return {
        name: default(s) for name, s in policy.signals.items() if s.can_fail and s.absent is None and name not in given
    }


def default(signal: Signal) -> RequestValue:
    """What a signal is that a request does not name: what its `absent` says, else false, empty, its first name, or the
    number of its range nearest to 0."""
    if signal.absent is not None:
        return signal.absent
    match signal.type:
        case Bool():
            return False
        case Int(low, high) | Real(low, high) | Score(low, high):
            return Fraction(min(max(low, 0), high))
        case Enum(names):
            return names[0]
        case Set():
            return frozenset()
        case String():
            return ""
        case _:
            assert_never(signal.type)


def unread(policy: Policy) -> dict[str, RequestValue]:
    """A value of each signal, for those that nothing reads: the defaults, but that of an exclusive group no two fire,
    which would be no request."""
    found = {name: default(signal) for name, signal in policy.signals.items()}
    for group in policy.groups.values():
        firing = [m for m in group.members if m != group.default and _fires(policy.signals[m], found[m])]
        for member in firing[1:]:
            found[member] = _quiet(policy.signals[member])
    return found


def _fires(signal: Signal, value: RequestValue) -> bool:
    return signal.type.fires(value) if isinstance(signal.type, Score) and isinstance(value, Fraction) else value is True


def _quiet(signal: Signal) -> RequestValue:
    """What a member of a group is that does not fire; its default where it always does."""
    match signal.type:
        case Bool():
            return False
        case Score(low, _, threshold) as score:
            tried = (threshold, low) if threshold is not None else (low,)
            return next((v for v in tried if not score.fires(v)), default(signal))
        case _:
            return default(signal)


def _value(signal: Signal, value: object) -> RequestValue:
    if value is None:
        if not signal.can_fail:
            message = f"signal `{signal.name}` cannot fail, and the request says `null`"
            if signal.absent is not None:
                message += f"; a request that leaves it out means that it is absent: {show(signal.absent)}"
            raise BadRequest(codes.CANNOT_FAIL, message)
        return FAILED
    match signal.type:
        case Bool():
            if isinstance(value, bool):
                return value
            raise _wrong(signal, value, "true or false")
        case Int(low, high) | Real(low, high) | Score(low, high):
            whole = isinstance(signal.type, Int)
            expected = f"{'a whole' if whole else 'a'} number from {show_number(low)} to {show_number(high)}"
            number = exact(value)
            if number is None or not low <= number <= high or (whole and number.denominator != 1):
                raise _wrong(signal, value, expected)
            return number
        case Enum(names):
            if isinstance(value, str) and value in names:
                return value
            hint = did_you_mean(value, names) if isinstance(value, str) else None
            raise _wrong(signal, value, f"one of {listing(names[:8])}", hint)
        case Set(names):
            if not isinstance(value, (list, tuple, set, frozenset)):
                raise _wrong(signal, value, f"a list of {listing(names[:8])}")
            for member in value:
                if member not in names if isinstance(member, str) else True:
                    hint = did_you_mean(member, names) if isinstance(member, str) else None
                    raise _wrong(signal, member, f"a list of {listing(names[:8])}", hint)
            return frozenset(value)
        case String():
            if isinstance(value, str):
                return value
            raise _wrong(signal, value, "a string")
        case _:
            assert_never(signal.type)


def exact(value: object) -> Fraction | None:
    """A number as an exact fraction, a float by its shortest decimal spelling; None for what is no number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= _DIGITS:
        exponent = value.as_tuple().exponent
        return Fraction(value) if isinstance(exponent, int) and exponent > -10 * _DIGITS else None
    return None


def _wrong(signal: Signal, value: object, expected: str, hint: str | None = None) -> BadRequest:
    found = show(value)
    message = f"signal `{signal.name}` is {found}, expected {expected}"
    return BadRequest(codes.WRONG_VALUE, message + (f", {hint}" if hint else ""))


def _kind(value: object) -> str:
    names = {list: "a list", str: "a string", bool: "a truth value", int: "a number", Decimal: "a number"}
    return "null" if value is None else names.get(type(value), "something else")


def show(value: object) -> str:
    """A value as a reader of a message knows it, shortened."""
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bool) or value is None:
        text = json.dumps(value)
    elif isinstance(value, (int, float, Decimal, Fraction)):
        number = exact(value)
        text = str(value) if number is None else show_number(number)
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def show_number(number: Fraction | int) -> str:
    """`8000`, `0.85`, `1/3`: a decimal where one is exact and short."""
    number = Fraction(number)
    if number.denominator == 1:
        return str(number.numerator)
    as_float = float(number)
    return repr(as_float) if Fraction(repr(as_float)) == number else f"{number.numerator}/{number.denominator}"


def json_number(number: Fraction) -> int | float:
    """A JSON number: whole where it is whole, else the nearest float."""
    return number.numerator if number.denominator == 1 else float(number)
