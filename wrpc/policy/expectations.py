"""`test` blocks: a request by the types of the signals, and what must hold of its decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wrpc.policy import codes
from wrpc.policy import kinds as k
from wrpc.policy import model as m
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader
from wrpc.policy.faults import Faults
from wrpc.policy.given import Given
from wrpc.policy.guards import Guards
from wrpc.policy.names import Names
from wrpc.policy.readings import Reading
from wrpc.policy.wording import described
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
        self.values = Given(reader, faults)
        self._readers: Mapping[str, Callable[[tree.Value, str], object | None]] = {
            "pool": self._pool,
            "never_pool": self._pool,
            "fallback": self._pool,
            "pools": self._pools,
            "route": self._route,
            "action": lambda value, name: self.reader.word(value, name, v.ACTIONS),
            "denied": self.values.truth,
            "served": self.values.truth,
            "routed": self.values.truth,
            "reason": lambda value, name: self.reader.read(k.Quoted(), value, name),
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
            known, value = self.values.value(signal, attribute.value)
            if known:
                request[name.text] = value
        return request

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
