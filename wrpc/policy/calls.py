"""Calls in expressions: what is asked of a score, a failure, a string."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.diagnostics import listing
from wrpc.policy import codes, expr
from wrpc.policy.membership import Membership
from wrpc.policy.model import Bool, Enum, Int, Real, Score, Set, String
from wrpc.policy.operands import Num, Operand, Truth, Where, reading
from wrpc.policy.patterns import pattern
from wrpc.syntax import tree

if TYPE_CHECKING:
    from wrpc.policy.lower import Lowering


TYPES = {Bool: "bool", Int: "int", Real: "real", Enum: "one_of", Set: "any_of", String: "string", Score: "score"}
FUNCTIONS = ("confidence", "raw", "failed", "prefix", "suffix", "contains", "matches")


class Calls:
    def __init__(self, lowering: Lowering, membership: Membership) -> None:
        self.lowering = lowering
        self.membership = membership
        self.known = lowering.known
        self.names = lowering.names
        self.faults = lowering.faults

    def call(self, call: tree.Call, where: Where) -> Operand | None:
        match call.name.text:
            case "confidence" | "raw" | "failed" as function if where.placement:
                message = f"a rule of `place` reads no signal, found `{function}`"
                self.faults.add(codes.MISPLACED_NAME, message, call.span)
                return None
            case "confidence" | "raw":
                return self.of_score(call)
            case "failed":
                return self.failed(call)
            case "suffix" | "contains" | "matches" as function:
                condition = pattern(self.lowering, call, function, where)
                return None if condition is None else Truth(condition)
            case "prefix":
                condition = self.membership.prefix(call, where)
                return None if condition is None else Truth(condition)
            case other:
                best = self.faults.suggest(other, FUNCTIONS)
                self.faults.add(
                    codes.UNKNOWN_NAME,
                    f"no function is called `{other}`",
                    call.name.span,
                    help=best or f"functions are {listing(FUNCTIONS, 'and')}",
                    fixes=self.names.rename(call.name, FUNCTIONS) if best else (),
                )
                return None

    def failed(self, call: tree.Call) -> Operand | None:
        """Whether a signal failed, whatever that means then: always known."""
        match call.arguments:
            case (tree.Argument(_, None, tree.Path(_, (name,))),):
                pass
            case _:
                message = "`failed` takes the name of one signal"
                self.faults.add(codes.WRONG_ARGUMENTS, message, call.span, help="write `failed(pii)`")
                return None
        found = self.names.use(name.text)
        if found is None:
            if not self.names.poisoned(name.text):
                self.names.unknown("signal", name, list(self.known.signals))
            return None
        if found[0] != "signal":
            self.faults.add(
                codes.WRONG_OPERAND, f"`failed` reads a signal; `{name.text}` is a {found[0]}", name.span,
                help="ask for each signal that it reads",
            )  # fmt: skip
            return None
        return Truth(expr.Failed(name.text, span=call.span))

    def of_score(self, call: tree.Call) -> Operand | None:
        function = call.name.text
        match call.arguments:
            case (tree.Argument(_, None, tree.Path(_, (name,))),):
                pass
            case _:
                self.faults.add(
                    codes.WRONG_ARGUMENTS,
                    f"`{function}` takes the name of one score signal",
                    call.span,
                    help=f"write `{function}(pii)`",
                )
                return None
        found = self.names.use(name.text)
        if found is None:
            if not self.names.poisoned(name.text):
                scores = [n for n, s in self.known.signals.items() if isinstance(s.type, Score)]
                self.names.unknown("score signal", name, scores)
            return None
        signal = self.known.signals.get(name.text) if found[0] == "signal" else None
        if found[0] == "signal" and signal is None:
            return None
        if signal is None or not isinstance(signal.type, Score):
            what = "score declaration, which is a number already" if found[0] == "score" else found[0]
            if signal is not None:
                what = f"signal of type `{TYPES[type(signal.type)]}`"
            self.faults.add(
                codes.WRONG_OPERAND, f"`{function}` reads a signal of type `score`; `{name.text}` is a {what}",
                name.span, help=f"write `{name.text}` alone",
            )  # fmt: skip
            return None
        if function == "raw":
            return Num(reading(expr.Raw(name.text, span=call.span), call.span))
        if signal.type.threshold is None:
            self.lowering.never_fires(name.text, call.span)
            return None
        return Num(reading(expr.Confidence(name.text, span=call.span), call.span))
