"""Values of signals as they are written: in the request of a test, and behind `absent`."""

from __future__ import annotations

from fractions import Fraction

from wrpc.diagnostics import Fix
from wrpc.policy import codes
from wrpc.policy import kinds as k
from wrpc.policy import model as m
from wrpc.policy.attributes import Reader
from wrpc.policy.faults import Faults
from wrpc.policy.units import spell
from wrpc.policy.wording import spelling
from wrpc.syntax import tree


class Given:
    """Reads a value by the type of its signal; every fault is reported once, at the value."""

    def __init__(self, reader: Reader, faults: Faults) -> None:
        self.reader = reader
        self.faults = faults

    def absent(self, signal: m.Signal, value: tree.Value) -> m.Absent | None:
        """What `absent` says that a signal is; None where that is none of its values."""
        if isinstance(value, tree.Path) and value.text == "null":
            self.faults.add(
                codes.WRONG_TYPE,
                f"`absent` takes a value of `{signal.name}`, found `null`",
                value.span,
                help="without `absent`, a signal that is absent has failed: leave it out",
            )
            return None
        known, given = self.value(signal, value)
        match given:
            case _ if not known:
                return None
            case bool() | str() | Fraction():
                return given
            case int():
                return Fraction(given)
            case tuple():
                return frozenset(map(str, given))
        raise AssertionError(given)

    def value(self, signal: m.Signal, value: tree.Value) -> tuple[bool, object]:
        """Whether the value fits, and the value as a JSON request has it."""
        if isinstance(value, tree.Path) and value.text == "null":
            if signal.can_fail:
                return True, None
            self.faults.add(codes.WRONG_TYPE, f"{_never_fails(signal)}, found `null`", value.span)
            return False, None
        match signal.type:
            case m.Bool():
                truth = self.truth(value, signal.name)
                return truth is not None, truth
            case m.Int() | m.Real() as numeric:
                return self._number(signal.name, numeric, value, numeric.dimension)
            case m.Score() as score:
                if isinstance(value, tree.Path):
                    self.reader.wrong(value, signal.name, "the raw number of a score", f"`{signal.name} 0.9`")
                    return False, None
                return self._number(signal.name, score, value, "")
            case m.Enum(names):
                member = self._member(value, signal.name, names)
                return member is not None, member
            case m.Set(names):
                if not isinstance(value, tree.Listing):
                    self.reader.wrong(value, signal.name, "a list of its names", f"`[{names[0]}]`")
                    return False, None
                members = [self._member(item, signal.name, names) for item in value.items]
                return None not in members, tuple(dict.fromkeys(n for n in members if n is not None))
            case m.String():
                text = self.reader.read(k.Quoted(), value, signal.name)
                return text is not None, text

    def _number(
        self, name: str, type: m.Int | m.Real | m.Score, value: tree.Value, dimension: str
    ) -> tuple[bool, object]:
        whole = isinstance(type, m.Int)
        amount = self.reader.quantity(k.Quantity(dimension, whole=whole), value, name)
        if amount is None:
            return False, None
        if not type.low <= amount.value <= type.high:
            assert isinstance(value, tree.Number)
            limits = f"{spell(Fraction(type.low))}..{spell(Fraction(type.high))}"
            self.faults.add(codes.OUT_OF_RANGE, f"`{name}` lies in {limits}, found `{spelling(value)}`", value.span)
            return False, None
        return True, int(amount.value) if whole else amount.value

    def _member(self, value: tree.Value, name: str, names: tuple[str, ...]) -> str | None:
        bare = self.reader.bare(value, name, "one of its names")
        return bare.text if bare and self.reader.one_of(bare, names, f"`{name}`") else None

    def truth(self, value: tree.Value, name: str) -> bool | None:
        if isinstance(value, tree.Path) and value.text in ("true", "false"):
            return value.text == "true"
        self.reader.wrong(value, name, "`true` or `false`", fixes=_truth(value))
        return None


def _never_fails(signal: m.Signal) -> str:
    if signal.absent is None:
        return f"`{signal.name}` is computed from the request itself and cannot fail"
    return f"`{signal.name}` has a value where it is absent and cannot fail"


def _truth(value: tree.Value) -> list[Fix]:
    """For `True` and `yes`."""
    said = value.text.lower() if isinstance(value, tree.Path) else ""
    meant = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}.get(said)
    return [Fix(value.span, meant, f"write `{meant}`")] if meant else []
