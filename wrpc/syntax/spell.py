"""How words, values and expressions are written: names in backticks where they must, parentheses where they count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TypeVar, assert_never

from wrpc.syntax import tree as t
from wrpc.syntax.words import OPERATORS, written

T = TypeVar("T")

WIDTH = 100

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


# ── Words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def name(node: t.Name, taken: frozenset[str] = OPERATORS) -> str:
    """`taken`: the words that mean something else where this name stands."""
    text = node.text
    if not text or "\n" in text:
        raise ValueError(f"no way to write the name {text!r}: it is empty or has a line break")
    return written(text, taken)


def number(node: t.Number) -> str:
    return (node.text if _says(node.text, node.value) else _decimal(node.value)) + node.unit


def _says(text: str, value: Fraction) -> bool:
    try:
        return bool(text) and Fraction(text) == value
    except ValueError:
        return False


def _decimal(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    places, rest = 0, value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest != 1:
        raise ValueError(f"no way to write {value}: it has no finite decimal expansion")
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def text(node: t.Text) -> str:
    return '"' + "".join(_letter(letter) for letter in node.value) + '"'


def _letter(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return letter if letter.isprintable() or letter > "\uffff" else f"\\u{ord(letter):04x}"


# ── Values and expressions on one line ────────────────────────────────────────────────────────────────────────────

_OR, _AND, _NOT, _RELATION, _SUM, _PRODUCT, _SIGNED, _ATOM = range(8)


def flat(e: t.Expr | t.Value) -> str:
    match e:
        case t.Number():
            return number(e)
        case t.Text():
            return text(e)
        case t.Path():
            return ".".join([name(part) for part in e.parts])
        case t.Range():
            return f"{number(e.low)}..{number(e.high)}"
        case t.Listing():
            return "[" + ", ".join([flat(item) for item in e.items]) + "]"
        case t.Call():
            return f"{name(e.name)}(" + ", ".join([argument(a) for a in e.arguments]) + ")"
        case t.Block():
            return block(f"{name(a.name)} {flat(a.value)}" for a in e.attributes)
        case t.Not():
            return "not " + _inside(e.operand, _NOT)
        case t.And():
            return " and ".join([_inside(part, _NOT) for part in e.parts])
        case t.Or():
            return " or ".join([_inside(part, _AND) for part in e.parts])
        case t.Compare():
            return f"{_inside(e.left, _SUM)} {e.operator} {_inside(e.right, _SUM)}"
        case t.In():
            return f"{_inside(e.left, _SUM)} {e.word} {_inside(e.right, _SUM)}"
        case t.Sum():
            first, *rest = e.terms
            start = "-" if first[0] == "-" else ""
            return start + _inside(first[1], _PRODUCT) + "".join([f" {s} {_inside(x, _PRODUCT)}" for s, x in rest])
        case t.Product():
            return " * ".join([_inside(factor, _SIGNED) for factor in e.factors])
        case t.Signed():
            return _sign(e) + _inside(e.operand, _SIGNED)
        case _:
            assert_never(e)


def block(items: Iterable[str]) -> str:
    inside = "  ".join(items)
    return f"{{ {inside} }}" if inside else "{}"


def argument(a: t.Argument) -> str:
    return flat(a.value) if a.name is None else f"{name(a.name)} = {flat(a.value)}"


def _sign(e: t.Signed) -> str:
    """A minus that touches a number would be read as part of it."""
    return "- " if e.sign == "-" and isinstance(e.operand, t.Number) and e.operand.value >= 0 else e.sign


def _level(e: t.Expr) -> int:
    match e:
        case t.Or():
            return _OR
        case t.And():
            return _AND
        case t.Not():
            return _NOT
        case t.Compare() | t.In():
            return _RELATION
        case t.Sum():
            return _SUM
        case t.Product():
            return _PRODUCT
        case t.Signed():
            return _SIGNED
        case _:
            return _ATOM


def _inside(e: t.Expr, least: int) -> str:
    return flat(e) if _level(e) >= least else f"({flat(e)})"


# ── … and on several, where one is too narrow ─────────────────────────────────────────────────────────────────────


def wrapped(e: t.Expr | t.Value, indent: int, column: int, tail: int = 0) -> str:
    """The text of an expression that begins at `column` of a line indented by `indent`; `tail` letters follow it."""
    line = flat(e)
    if column + len(line) + tail <= WIDTH:
        return line
    match e:
        case t.And():
            return _chain([("and ", part) for part in e.parts], _NOT, indent, column, tail)
        case t.Or():
            return _chain([("or ", part) for part in e.parts], _AND, indent, column, tail)
        case t.Sum():
            return _chain([(f"{sign} ", term) for sign, term in e.terms], _PRODUCT, indent, column, tail)
        case t.Product():
            return _chain([("* ", factor) for factor in e.factors], _SIGNED, indent, column, tail)
        case t.Not():
            return "not " + _part(e.operand, _NOT, indent, column + 4, tail)
        case t.Compare() | t.In():
            sign = e.operator if isinstance(e, t.Compare) else e.word
            left = _part(e.left, _SUM, indent, column, 0) + f" {sign} "
            return left + _part(e.right, _SUM, indent, _end(left, column), tail)
        case t.Listing():
            return "[" + _lines(e.items, lambda item, at: wrapped(item, at, at, 1), indent) + "]"
        case t.Call():
            return f"{name(e.name)}(" + _lines(e.arguments, _argument, indent) + ")"
        case _:
            return line


def _chain(parts: list[tuple[str, t.Expr]], least: int, indent: int, column: int, tail: int) -> str:
    indent += 2
    lines = [_part(parts[0][1], least, indent, column, 0)]
    for at, (word, part) in enumerate(parts[1:], 2):
        lines.append(word + _part(part, least, indent, indent + len(word), tail if at == len(parts) else 0))
    return ("\n" + " " * indent).join(lines)


def _part(e: t.Expr, least: int, indent: int, column: int, tail: int) -> str:
    if _level(e) >= least:
        return wrapped(e, indent, column, tail)
    return "(" + wrapped(e, indent, column + 1, tail + 1) + ")"


def _lines(items: Iterable[T], write: Callable[[T, int], str], indent: int) -> str:
    inside = " " * (indent + 2)
    return "".join([f"\n{inside}{write(item, indent + 2)}," for item in items]) + "\n" + " " * indent


def _argument(a: t.Argument, at: int) -> str:
    if a.name is None:
        return wrapped(a.value, at, at, 1)
    start = f"{name(a.name)} = "
    return start + wrapped(a.value, at, at + len(start), 1)


def _end(text: str, column: int) -> int:
    last = text.rfind("\n")
    return column + len(text) if last < 0 else len(text) - last - 1
