"""`in` and `prefix`: a member of a set, one of a list, the beginning of a string."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wrpc.diagnostics import Fix
from wrpc.policy import codes, expr
from wrpc.policy import vocabulary as v
from wrpc.policy.columns import Column
from wrpc.policy.compare import Comparing
from wrpc.policy.intervals import merged, point
from wrpc.policy.model import Enum, Set
from wrpc.policy.names import written
from wrpc.policy.operands import ROLE, Bare, Choice, Num, SetOf, Str, Taken, Truth, Where, described, within
from wrpc.policy.relations import bare, comparable, negated, split, taken, text
from wrpc.policy.subsets import subset
from wrpc.policy.wording import described as form
from wrpc.source import Span
from wrpc.syntax import tree

if TYPE_CHECKING:
    from wrpc.policy.lower import Lowering

Item = tree.Number | tree.Text | tree.Path | tree.Listing | tree.Call


class Membership:
    def __init__(self, lowering: Lowering, comparing: Comparing) -> None:
        self.lowering = lowering
        self.comparing = comparing
        self.known = lowering.known
        self.names = lowering.names
        self.faults = lowering.faults

    # ── `in` ──────────────────────────────────────────────────────────────

    def contains(self, e: tree.In, where: Where) -> expr.Condition | None:
        if e.within:
            made = subset(self.lowering, self.comparing, e, where)
            return None if made is None else negated(made, e.negated, e.span)
        made = self._listed(e, e.right, where) if isinstance(e.right, tree.Listing) else self._member(e, where)
        return None if made is None else negated(made, e.negated, e.span)

    def _member(self, e: tree.In, where: Where) -> expr.Condition | None:
        """`shell in tools`, `timeout in destination.causes`."""
        if where.destination and isinstance(e.right, tree.Path) and e.right.text == "destination.causes":
            return self._cause(e)
        signal = None
        if isinstance(e.right, tree.Path) and not where.placement:
            found = self.names.use(bare(e.right))
            if found is not None and found[0] == "signal":
                signal = self.known.signals.get(bare(e.right))
                if signal is None:
                    return None
        if signal is None or not isinstance(signal.type, Set):
            right = self.lowering.operand(e.right, where)
            if isinstance(right, SetOf):
                return self._has(e, right, where)
            if isinstance(right, Bare):
                self._turned(e, right, where)
            elif right is not None:
                self.faults.add(
                    codes.WRONG_OPERAND,
                    f"after `in` comes a list or a signal of type `any_of`, found {described(right)}",
                    e.right.span,
                    help="such as `domain in [math, code]`, or `shell in tools`",
                )
            return None
        return self._has(e, SetOf(signal.name, signal.type.names), where)

    def _has(self, e: tree.In, right: SetOf, where: Where) -> expr.Condition | None:
        name = bare(e.left)
        if name in right.names:
            return right.has(name, e.span)
        self.comparing.no_member(right.name, right.names, e.left, where)
        return None

    def _cause(self, e: tree.In) -> expr.Condition | None:
        cause = e.left.parts[0] if isinstance(e.left, tree.Path) and len(e.left.parts) == 1 else None
        if cause is None:
            found = f"a failure comes before `in destination.causes`, found {form(e.left)}"
            advice = "such as `timeout in destination.causes`"
            fixes = []
            if isinstance(e.left, tree.Text) and e.left.value in v.CAUSES:
                fixes = [Fix(e.left.span, e.left.value, "drop the quotes")]
                advice = f"write `{e.left.value}`, without quotes"
            self.faults.add(codes.WRONG_OPERAND, found, e.left.span, help=advice, fixes=fixes)
            return None
        known = self.lowering.reader.one_of(cause, v.CAUSES, "`destination.causes`")
        return expr.Caused(cause.text, span=e.span) if known else None

    def _turned(self, e: tree.In, right: Bare, where: Where) -> None:
        """`tools in payments`, `domain in code`."""
        signal = self.known.signals.get(bare(e.left))
        if signal is None or not isinstance(signal.type, Set | Enum) or right.name.text not in signal.type.names:
            self.lowering.unknown(right.name, where)
            return
        own, owner, no = written(right.name.text), written(signal.name), "not " if e.negated else ""
        if isinstance(signal.type, Set):
            said = f"{own} {no}in {owner}"
            message, advice = f"`{owner}` is a set, and its member comes before `in`", f"write `{said}`"
        else:
            said = f"{owner} {no}in [{own}]"
            message = f"after `in` comes a list, found the name `{right.name.text}`"
            advice = f"write `{said}`, or `{owner} {'!=' if e.negated else '=='} {own}`"
        fix = Fix(e.span, said, f"write `{said}`", safe=False)
        self.faults.add(codes.WRONG_OPERAND, message, e.span, help=advice, fixes=[fix])

    def _listed(self, e: tree.In, listing: tree.Listing, where: Where) -> expr.Condition | None:
        items = [i for i in listing.items if not isinstance(i, (tree.Range, tree.Block))]
        for item in listing.items:
            if isinstance(item, (tree.Range, tree.Block)):
                self.faults.add(
                    codes.WRONG_OPERAND, f"a list holds names, numbers or strings, found {form(item)}", item.span
                )
        if len(items) < len(listing.items):
            return None
        if not items:
            self.faults.add(
                codes.EMPTY_LIST, "the list is empty, so nothing is ever in it", listing.span,
                help="name what belongs in it, or leave out the condition",
            )  # fmt: skip
            return None
        owner = self.comparing.lookup(e.left, where)
        if isinstance(owner, Choice):
            return self._listed_choice(owner, items, e.span, where)
        if isinstance(owner, Taken):
            routes = [self.comparing.route(i) for i in items]
            found = [r for r in routes if r is not None]
            return taken(found, e.span) if len(found) == len(items) else None
        left = owner or self.lowering.operand(e.left, where)
        if left is None:
            return None
        match left:
            case Bare(name):
                self.lowering.unknown(name)
            case Num():
                return self._listed_numbers(left, items, e.span, where)
            case Str():
                return self._listed_strings(left, items, e.span, where)
            case Truth(_, score) if score:
                self.faults.add(
                    codes.BARE_SCORE_COMPARED,
                    f"the score `{score}` by itself means that it fires, and is in no list",
                    e.left.span,
                    help=f"`confidence({score})` and `raw({score})` are numbers",
                )
            case SetOf(name, names) if all(bare(item) in names for item in items):
                each = [f"{written(bare(item))} in {written(name)}" for item in items]
                said = f"({' or '.join(each)})" if len(each) > 1 else each[0]
                said = f"not {said}" if e.negated else said
                fix = Fix(e.span, said, f"write `{said}`", safe=False)
                message = f"`{name}` is a set, and its member comes before `in`"
                self.faults.add(codes.WRONG_OPERAND, message, e.left.span, help=f"write `{said}`", fixes=[fix])
            case _:
                self.faults.add(
                    codes.WRONG_OPERAND,
                    f"a number, a value of an enum or a string comes before `in`, found {described(left)}",
                    e.left.span,
                )
        return None

    def _listed_choice(self, one: Choice, items: Sequence[Item], span: Span, where: Where) -> expr.Condition | None:
        self.comparing.read(one)
        found: list[str] = []
        for item in items:
            name = bare(item)
            if name in one.names:
                found.append(name)
            else:
                self.comparing.no_member(one.name, one.names, item, where)
        return one.among(found, span) if len(found) == len(items) else None

    def _listed_numbers(self, left: Num, items: Sequence[Item], span: Span, where: Where) -> expr.Condition | None:
        points = []
        for item in items:
            number = self.lowering.operand(item, where)
            if number is None:
                continue
            if isinstance(number, Num) and number.constant:
                if comparable(left, number):
                    points.append(point(number.value.constant))
                else:
                    self.lowering.mixed("a list", left.dimension, number.dimension, item.span)
            elif isinstance(number, Bare):
                self.lowering.unknown(number.name)
            else:
                self.faults.add(
                    codes.WRONG_OPERAND, f"a number is compared with a list of numbers, found {form(item)}", item.span
                )
        return within(left.value, merged(points), span) if len(points) == len(items) else None

    def _listed_strings(self, left: Str, items: Sequence[Item], span: Span, where: Where) -> expr.Condition | None:
        parts: list[expr.Condition] = []
        for item in items:
            match item:
                case tree.Text() | tree.Path() if left.named == ROLE:
                    role = self.comparing.role(item, where)
                    if role is not None:
                        parts.append(text(left.term, "==", role, item.span))
                case tree.Text(at, value):
                    parts.append(text(left.term, "==", expr.StringLiteral(value), at))
                case tree.Path(at, (name,)) if left.named:
                    if self.names.find(left.named, name):
                        parts.append(text(left.term, "==", expr.StringLiteral(name.text), at))
                case tree.Path(at, (name,)):
                    fix = Fix(at, f'"{name.text}"', "write it as a string")
                    self.faults.add(
                        codes.QUOTES,
                        f"{described(left)} is compared with strings, found the name `{name.text}`",
                        at, help=f"strings need double quotes: write `{fix.text}`", fixes=[fix],
                    )  # fmt: skip
                case _:
                    self.faults.add(
                        codes.WRONG_OPERAND,
                        f"a string is compared with a list of strings, found {form(item)}",
                        item.span,
                    )
        if len(parts) != len(items):
            return None
        return parts[0] if len(parts) == 1 else expr.Any(tuple(parts), span=span)

    # ── `prefix` ──────────────────────────────────────────────────────────

    def prefix(self, call: tree.Call, where: Where) -> expr.Condition | None:
        """`prefix(tenant, "eu-")`."""
        arguments = [
            a.value for a in call.arguments if a.name is None and not isinstance(a.value, (tree.Range, tree.Block))
        ]
        if len(arguments) != 2 or len(call.arguments) != 2:
            self.faults.add(
                codes.WRONG_ARGUMENTS, "`prefix` takes a string and what it starts with", call.span,
                help='write `prefix(tenant, "eu-")`',
            )  # fmt: skip
            return None
        terms: list[expr.TextTerm | Column] = []
        for argument in arguments:
            found = self.lowering.operand(argument, where)
            if isinstance(found, Str):
                terms.append(found.term)
            elif isinstance(found, Bare):
                self.lowering.unknown(found.name)
            elif found is not None:
                self.faults.add(codes.WRONG_OPERAND, f"`prefix` takes strings, found {described(found)}", argument.span)
        if len(terms) != 2:
            return None
        return split(terms, lambda both: _starts(both[0], both[1], call.span), call.span)


def _starts(one: expr.TextTerm, two: expr.TextTerm, span: Span) -> expr.Condition:
    if isinstance(one, expr.StringLiteral) and isinstance(two, expr.StringLiteral):
        return expr.Constant(one.value.startswith(two.value), span=span)
    return expr.Text("prefix", one, two, span=span)
