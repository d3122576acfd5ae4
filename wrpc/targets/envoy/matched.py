"""What one header matcher says of a signal, as a condition: the words, ranges and strings that it is held against."""

from __future__ import annotations

import re
import typing
from collections.abc import Sequence
from fractions import Fraction
from urllib.parse import unquote

from wrpc.policy.expr import (
    All,
    Any,
    Attribute,
    Condition,
    Constant,
    Fires,
    Has,
    Interval,
    Linear,
    Not,
    OneOf,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    Within,
)  # fmt: skip
from wrpc.policy.model import Bool, Enum, Int, Real, Score, Set, Signal, String
from wrpc.policy.regular.automata import matches
from wrpc.policy.regular.syntax import Refused
from wrpc.policy.regular.utf8 import NoText, of_bytes
from wrpc.targets.envoy.patterns import (
    ANY,
    Alt,
    Chars,
    Node,
    Rep,
    Seq,
    Unreadable,
    decimals,
    flat,
    integers,
    parse,
    words,
)  # fmt: skip


def whole(kind: str, argument: typing.Any) -> tuple[Interval, ...]:
    """The whole numbers of a matcher, whatever they are of."""
    if kind == "range_match":
        return (Interval(Fraction(argument["start"]), Fraction(argument["end"]), False, True),)
    ((how, text),) = argument.items()
    if how != "exact":
        raise Unreadable(f"a matcher `{how}` of a sum")
    return (Interval(Fraction(text), Fraction(text)),)


_TERM = re.compile(r"int\(request\.headers\['([^']+)'\]\) \* (-?\d+)")


def parsed(expression: str) -> tuple[tuple[str, int], ...] | None:
    """The headers that an expression (CEL) adds, with their factors; None of any other."""
    found = [_TERM.fullmatch(term) for term in expression.split(" + ")]
    return tuple((m[1], int(m[2])) for m in found if m is not None) if all(found) else None


def value(signal: Signal, kind: str, argument: typing.Any) -> tuple[Condition, bool]:
    """What a matcher says of a header that is there; and whether it holds of an empty one."""
    if kind == "range_match":
        start, end = argument["start"], argument["end"]
        if not isinstance(signal.type, Int):
            raise Unreadable("a range of what is no whole number")
        return _numbers(signal, (Interval(Fraction(start), Fraction(end), False, True),)), False
    ((how, text),) = argument.items()
    match how:
        case "exact":
            return _exact(signal, text), text == ""
        case "prefix" if isinstance(signal.type, String):
            return Text("prefix", StringSignal(signal.name), StringLiteral(text)), text == ""
        case "suffix" | "contains" if isinstance(signal.type, String):
            return Text(how, StringSignal(signal.name), StringLiteral(text)), text == ""
        case "safe_regex" if isinstance(signal.type, String):
            return _expression(signal, text["regex"])
        case "safe_regex":
            pattern = parse(text["regex"])
            return _pattern(signal, pattern), _takes_nothing(pattern)
        case _:
            raise Unreadable(f"a matcher `{how}`")


# Of our own expressions over strings: words, what stands before one, any string.
_OURS = re.compile(r"(?:[^\\(\[{^$]|\\x\{[0-9A-F]+\}|\\\W|\(\?:|\[\\x\{20\}-)*")


def _expression(signal: Signal, text: str) -> tuple[Condition, bool]:
    """What an expression over bytes says of a string; one that is none of those above, as it stands."""
    written = text
    try:
        text = of_bytes(text)
    except (NoText, Refused) as error:
        raise Unreadable(f"`{text}`: {error}") from error
    if text == ".*" != written:
        return Constant(True), True  # bytes that are a text, as no header holds a line break
    if _OURS.fullmatch(text):
        try:
            pattern = parse(text)
            return _pattern(signal, pattern), _takes_nothing(pattern)
        except Unreadable:
            pass
    return Text("matches", StringSignal(signal.name), StringLiteral(text)), matches("", text)


def _takes_nothing(node: Node) -> bool:
    """Whether an expression matches the empty text."""
    match node:
        case Chars():
            return False
        case Seq(parts):
            return all(map(_takes_nothing, parts))
        case Alt(options):
            return any(map(_takes_nothing, options))
        case Rep(inner, least, _):
            return least == 0 or _takes_nothing(inner)


def _numbers(signal: Signal, ranges: tuple[Interval, ...]) -> Condition:
    return Within(Linear(Fraction(0), ((Fraction(1), Raw(signal.name)),)), ranges)


def _exact(signal: Signal, text: str) -> Condition:
    match signal.type:
        case Int() | Real() | Score():
            return _numbers(signal, (Interval(Fraction(text), Fraction(text)),))
        case String():
            return equals(StringSignal(signal.name), text)
        case Set():
            raise Unreadable("a set that equals a text")
        case _:
            return _words(signal, frozenset((text,)))


def equals(term: StringSignal | Attribute, text: str) -> Condition:
    return Text("equals", term, StringLiteral(text))


def _words(signal: Signal, texts: frozenset[str]) -> Condition:
    names = frozenset(map(unquote, texts))
    match signal.type:
        case Bool():
            if not names <= {"true", "false"}:
                raise Unreadable(f"{sorted(names)} of a bool")
            truths = tuple(
                c for n, c in (("true", Fires(signal.name)), ("false", Not(Fires(signal.name)))) if n in names
            )
            return truths[0] if len(truths) == 1 else Constant(bool(truths))
        case Enum(members):
            if not names <= set(members):
                raise Unreadable(f"{sorted(names - set(members))} of `{signal.name}`")
            return OneOf(signal.name, names)
        case _:
            raise Unreadable("words of what has none")


def _pattern(signal: Signal, node: Node) -> Condition:
    match signal.type:
        case Int():
            return _numbers(signal, integers(node))
        case Real() | Score():
            return _numbers(signal, tuple(map(_simplest, decimals(node))))
        case Set(members):
            return _members(signal, members, node)
        case String():
            return _strings(StringSignal(signal.name), flat((node,)))
        case _:
            return _words(signal, words(node))


_STEP = Fraction(1, 10**20)  # between two numbers that a header can spell


def _simplest(r: Interval) -> Interval:
    """The same decimals, between simpler bounds: what begins at 0.33333333333333333334 begins at a third.

    That bound is no decimal itself, so that it makes no difference whether it counts.
    """
    low, high, low_open, high_open = r.low, r.high, r.low_open, r.high_open
    if low is not None and not low_open and low < (simple := _beside(low)) + _STEP and simple < low:
        low = simple
    if high is not None and not high_open and (simple := _beside(high)) - _STEP < high < simple:
        high, high_open = simple, True
    return Interval(low, high, low_open, high_open)


def _beside(bound: Fraction) -> Fraction:
    return bound.limit_denominator(10**8) if (bound / _STEP / 10).denominator != 1 else bound


_ANYTHING = Rep(ANY, 0, None)
_COMMA = Chars(((",", ","),))


def _members(signal: Signal, names: Sequence[str], node: Node) -> Condition:
    parts = flat((node,))
    if (
        len(parts) > 2
        and parts[0] == Rep(Seq((_ANYTHING, _COMMA)), 0, 1)
        and parts[-1] == Rep(Seq((_COMMA, _ANYTHING)), 0, 1)
    ):
        (word,) = words(Seq(parts[1:-1]))
        member = unquote(word)
        if member not in names or "," in word:
            raise Unreadable(f"`{member}`, which is no member of `{signal.name}`")
        return Has(signal.name, member)
    # Every set: `none`, or members with commas between them.
    if isinstance(node, Alt) and len(node.options) == 2 and words(node.options[0]) == {"none"}:
        match flat((node.options[1],)):
            case (*first, Rep(Seq((c, *more)), 0, None)) if c == _COMMA:
                if (
                    {unquote(w) for w in words(Seq(tuple(first)))}
                    == set(names)
                    == {unquote(w) for w in words(Seq(tuple(more)))}
                ):
                    return Constant(True)
    raise Unreadable(f"an expression that asks nothing known of the set `{signal.name}`")


def _strings(term: StringSignal, nodes: tuple[Node, ...], start: str = "") -> Condition:
    """Words, and `beginning[ -x].*`: what goes on with a character up to x."""
    if not nodes:
        return equals(term, start)
    match nodes[0]:
        case Alt(options):
            return Any(tuple(_strings(term, flat((o, *nodes[1:])), start) for o in options))
        case Rep(inner, 0, 1):
            return Any(tuple(_strings(term, flat(n), start) for n in ((inner, *nodes[1:]), nodes[1:])))
        case Chars() as c if c.only is not None:
            return _strings(term, flat(nodes[1:]), start + c.only)
        case Chars(((" ", high),)) if nodes[1:] == (_ANYTHING,):
            # No character of a header is less than a space.
            below = Text("before", term, StringLiteral(start + chr(ord(high) + 1)))
            longer = Text("prefix", term, StringLiteral(start)) if start else Constant(True)
            return All((longer, Not(equals(term, start)), below))
        case _:
            raise Unreadable("an expression that asks nothing known of a string")
