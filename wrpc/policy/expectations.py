"""`test` blocks: a request by the types of the signals, and what must hold of its decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from wrpc.diagnostics import Fix
from wrpc.policy import codes
from wrpc.policy import model as m
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader, Reading
from wrpc.policy.faults import Faults
from wrpc.policy.guards import Guards
from wrpc.policy.names import Names
from wrpc.policy.units import spell
from wrpc.policy.wording import described, spelling
from wrpc.syntax import tree


class Expectations:
    def __init__(
        self, names: Names, signals: Mapping[str, m.Signal], reader: Reader, guards: Guards, faults: Faults
    ) -> None:
        self.names = names
        self.signals = signals
        self.reader = reader
        self.guards = guards
        self.faults = faults
        self._readers: Mapping[str, Callable[[tree.Value, str], object | None]] = {
            "pool": self._pool,
            "never_pool": self._pool,
            "fallback": self._pool,
            "pools": self._pools,
            "route": self._route,
            "action": lambda value, name: self.reader.word(value, name, v.ACTIONS),
            "denied": self._bool,
            "served": self._bool,
            "routed": self._bool,
            "reason": lambda value, name: self.reader.read(v.Quoted(), value, name),
            "obligation": self._obligation,
            "obligations": self._obligations,
        }

    def test(self, node: tree.Test) -> m.Test:
        return m.Test(node.title.value, self.given(node.given), self.expected(node.expect), node.title.span)

    # ── The request ───────────────────────────────────────────────────────

    def given(self, block: tree.Block) -> dict[str, object]:
        request: dict[str, object] = {}
        reading = Reading()
        for attribute in block.attributes:
            name = attribute.name
            if not self.reader.once(reading, attribute, "given") or not self.names.find("signal", name):
                continue
            signal = self.signals.get(name.text)
            if signal is None:
                continue
            known, value = self.value(signal, attribute.value)
            if known:
                request[name.text] = value
        return request

    def value(self, signal: m.Signal, value: tree.Value) -> tuple[bool, object]:
        """Whether the value fits, and the value as a JSON request has it."""
        if isinstance(value, tree.Path) and value.text == "null":
            if signal.can_fail:
                return True, None
            self.faults.add(
                codes.WRONG_TYPE,
                f"`{signal.name}` is computed from the request itself and cannot fail, found `null`",
                value.span,
            )
            return False, None
        match signal.type:
            case m.Bool():
                truth = self._bool(value, signal.name)
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
                text = self.reader.read(v.Quoted(), value, signal.name)
                return text is not None, text

    def _number(
        self, name: str, type: m.Int | m.Real | m.Score, value: tree.Value, dimension: str
    ) -> tuple[bool, object]:
        whole = isinstance(type, m.Int)
        amount = self.reader.quantity(v.Quantity(dimension, whole=whole), value, name)
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

    # ── The decision ──────────────────────────────────────────────────────

    def expected(self, block: tree.Block) -> dict[str, object]:
        expected: dict[str, object] = {}
        reading = Reading()
        if not block.attributes:
            self.faults.add(
                codes.MISSING_PART,
                "the test expects nothing, so that it can never fail",
                block.span,
                help="such as `expect { route default  pool NAME }` or `expect { action deny }`",
            )
        for attribute in block.attributes:
            name = attribute.name
            read = self._readers.get(name.text)
            if read is None:
                self.reader.unknown("expect", name, v.EXPECTATIONS)
            elif self.reader.once(reading, attribute, "expect"):
                value = read(attribute.value, name.text)
                if value is not None:
                    expected[name.text] = value
        return expected

    def _bool(self, value: tree.Value, name: str) -> bool | None:
        if isinstance(value, tree.Path) and value.text in ("true", "false"):
            return value.text == "true"
        self.reader.wrong(value, name, "`true` or `false`", fixes=_truth(value))
        return None

    def _pool(self, value: tree.Value, name: str) -> str | None:
        bare = self.reader.bare(value, name, "the name of a pool")
        return bare.text if bare and self.names.find("pool", bare) else None

    def _pools(self, value: tree.Value, name: str) -> tuple[str, ...]:
        items = value.items if isinstance(value, tree.Listing) else (value,)
        return tuple(p for p in (self._pool(item, name) for item in items) if p is not None)

    def _route(self, value: tree.Value, name: str) -> str | None:
        bare = self.reader.bare(value, name, "the name of a route, `default` or `none`")
        if bare is None:
            return None
        return bare.text if bare.text in ("default", "none") or self.names.find("route", bare) else None

    def _obligation(self, value: tree.Value, name: str) -> str | None:
        match value:
            case tree.Text(_, text):
                return text
            case tree.Path() | tree.Call():
                return self.guards.obligation(value)
            case _:
                self.faults.add(codes.WRONG_TYPE, f"`{name}` takes an obligation, found {described(value)}", value.span)
                return None

    def _obligations(self, value: tree.Value, name: str) -> tuple[str, ...]:
        items = value.items if isinstance(value, tree.Listing) else (value,)
        return tuple(o for o in (self._obligation(item, name) for item in items) if o is not None)


def _truth(value: tree.Value) -> list[Fix]:
    """For `True` and `yes`."""
    said = value.text.lower() if isinstance(value, tree.Path) else ""
    meant = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}.get(said)
    return [Fix(value.span, meant, f"write `{meant}`")] if meant else []
