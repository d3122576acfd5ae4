"""Values of no particular type, as settings of targets and arguments of sources have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.policy import codes
from wrpc.policy.model import Amount, Bounds, Env, Invocation, Value, Word
from wrpc.policy.readings import Reading
from wrpc.policy.wording import described
from wrpc.source import Span
from wrpc.syntax import tree

if TYPE_CHECKING:
    from wrpc.policy.attributes import Reader


class Free:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.faults = reader.faults

    def value(self, value: tree.Value | tree.Expr) -> Value | None:
        match value:
            case tree.Number():
                return self.reader.amount(value)
            case tree.Text(_, text):
                return text
            case tree.Path() as path:
                return Word(path.text)
            case tree.Range(_, low, high):
                lowest, highest = self.reader.amount(low), self.reader.amount(high)
                return Bounds(lowest, highest) if lowest and highest else None
            case tree.Listing(_, items):
                return tuple(read for read in map(self.value, items) if read is not None)
            case tree.Block(_, attributes):
                reading, found = Reading(), dict[str, Value]()
                for attribute in attributes:
                    if self.reader.once(reading, attribute, "block"):
                        made = self.value(attribute.value)
                        if made is not None:
                            found[attribute.name.text] = made
                return found
            case tree.Signed(_, sign, tree.Number() as number):
                amount = self.reader.amount(number)
                return amount and Amount(-amount.value if sign == "-" else amount.value, amount.dimension)
            case tree.Call():
                return self.env(value) if value.name.text == "env" else self.invocation(value)
            case _:
                self.faults.add(codes.WRONG_TYPE, f"expected a value here, found {described(value)}", value.span)
                return None

    def env(self, call: tree.Call) -> Env | None:
        match call.arguments:
            case (tree.Argument(_, None, tree.Text(_, text)),) if text:
                return Env(text)
            case _:
                self.faults.add(
                    codes.WRONG_ARGUMENTS, "`env` takes the name of one variable", call.span, help='write `env("NAME")`'
                )
                return None

    def secret(self, value: tree.Value, name: str) -> Env | None:
        if isinstance(value, tree.Call) and value.name.text == "env":
            return self.env(value)
        self.faults.add(
            codes.WRONG_TYPE,
            f"`{name}` takes the variable that has the secret, found {described(value)}",
            value.span,
            help=f'write `{name} env("NAME")`: a secret stands in no policy',
        )
        return None

    def invocation(self, call: tree.Call) -> Invocation:
        positional: list[Value] = []
        named: dict[str, Value] = {}
        spans: dict[str, Span] = {}
        for argument in call.arguments:
            made = self.value(argument.value)
            if argument.name is None:
                if made is not None:
                    positional.append(made)
                continue
            name = argument.name.text
            if name in spans:
                self.reader.twice(name, call.name.text, argument.name.span, spans[name])
                continue
            spans[name] = argument.name.span
            if made is not None:
                named[name] = made
        return Invocation(call.name.text, tuple(positional), named)
