"""`suffix`, `contains` and `matches`: a string and a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from wrpc.diagnostics import Fix
from wrpc.policy import codes, expr
from wrpc.policy.names import written
from wrpc.policy.operands import Bare, SetOf, Str, Where, described
from wrpc.policy.relations import split
from wrpc.policy.wording import described as form
from wrpc.policy.wording import quoted
from wrpc.source import Span
from wrpc.syntax import tree

if TYPE_CHECKING:
    from wrpc.policy.lower import Lowering

Pattern = Literal["suffix", "contains", "matches"]
NAMES: tuple[Pattern, ...] = get_args(Pattern)
EXAMPLES = {"suffix": '"-mini"', "contains": '"gpt"', "matches": '"eu-[a-z]+"'}


def pattern(lowering: Lowering, call: tree.Call, function: Pattern, where: Where) -> expr.Condition | None:
    """`matches(tenant, "eu-[a-z]+")`."""
    example = f"`{function}(tenant, {EXAMPLES[function]})`"
    match call.arguments:
        case (tree.Argument(_, None, one), tree.Argument(_, None, two)):
            pass
        case _:
            message = f"`{function}` takes a string and a constant"
            lowering.faults.add(codes.WRONG_ARGUMENTS, message, call.span, help=f"write {example}")
            return None
    if isinstance(one, tree.Range | tree.Block):
        _constant(lowering, two, function, example)
        lowering.faults.add(codes.WRONG_OPERAND, f"`{function}` takes a string, found {form(one)}", one.span)
        return None
    found = lowering.operand(one, where)
    if isinstance(found, SetOf) and isinstance(two, tree.Path):
        text: str | None = two.text  # a member, by its name
    else:
        text = _constant(lowering, two, function, example)
    if isinstance(found, Str):
        if text is None:
            return None
        constant = expr.StringLiteral(text)
        return split((found.term,), lambda terms: _held(function, terms[0], constant, call.span), call.span)
    if isinstance(found, Bare):
        lowering.unknown(found.name, where)
    elif found is not None:
        said = f"{written(text)} in {written(found.name)}" if isinstance(found, SetOf) and text in found.names else ""
        lowering.faults.add(
            codes.WRONG_OPERAND,
            f"`{function}` takes a string, found {described(found)}",
            one.span,
            help=f"write `{said}`" if said else f"such as {example}",
            fixes=[Fix(call.span, said, f"write `{said}`", safe=False)] if said else (),
        )
    return None


def _held(function: Pattern, one: expr.TextTerm, two: expr.StringLiteral, span: Span) -> expr.Condition:
    if isinstance(one, expr.StringLiteral):
        from wrpc.policy.regular.automata import matches

        text = one.value
        held = text.endswith(two.value) if function == "suffix" else two.value in text
        return expr.Constant(matches(text, two.value) if function == "matches" else held, span=span)
    return expr.Text(function, one, two, span=span)


def _constant(lowering: Lowering, e: tree.Node, function: Pattern, example: str) -> str | None:
    if not isinstance(e, tree.Text):
        bare = isinstance(e, tree.Path) and len(e.parts) == 1 and lowering.names.expression(e.text) is None
        fix = Fix(e.span, quoted(e.span.text), "write it as a string") if bare else None
        lowering.faults.add(
            codes.QUOTES if bare else codes.WRONG_OPERAND,
            f"`{function}` takes a constant string as its second, found {form(e)}",
            e.span,
            help=f"strings need double quotes: write `{fix.text}`" if fix else f"such as {example}",
            fixes=[fix] if fix else (),
        )
        return None
    return e.value if function != "matches" or _read(lowering, e) else None


def _read(lowering: Lowering, e: tree.Text) -> bool:
    """Whether RE2 takes the expression; where not, it is reported at the part that it refuses."""
    from wrpc.policy.regular.syntax import Refused, TooLarge, read

    try:
        read(e.value)
    except Refused as refused:
        lowering.faults.add(
            codes.LARGE_EXPRESSION if isinstance(refused, TooLarge) else codes.BAD_EXPRESSION,
            f"this regular expression is too large: {refused.why}"
            if isinstance(refused, TooLarge)
            else f"RE2 refuses this regular expression: {refused.why}",
            _part(e, refused.at, refused.length),
            help=refused.help or "expressions are written as for RE2, and match the whole string",
        )
        return False
    return True


def _part(e: tree.Text, at: int, length: int) -> Span:
    """Where some characters of a string stand in the file; all of it where some are written by a `\\`."""
    text = e.span.text
    if text[1:-1] != e.value or not e.value:
        return e.span
    start = e.span.start + 1 + min(at, len(e.value) - 1)
    return Span(e.span.source, start, min(start + max(length, 1), e.span.end - 1))
