"""Policies in which everything stands that a file may hold: machines with all their attributes, loads, places, stacks,
targets, tests and overrides."""

from __future__ import annotations

import re

from tests.laws.dice import Dice
from tests.laws.drawing.callers import Caller
from tests.laws.drawing.hand import Hand
from tests.laws.drawing.values import Values
from wrpc.decide import BadRequest, Conflict, Decision
from wrpc.decide.interpret import Interpreter
from wrpc.policy.load import from_text
from wrpc.policy.model import Enum
from wrpc.policy.vocabulary import CAUSES, ROWS
from wrpc.policy.wording import quoted

BY_HAND = ("tier", "priority", "on_unknown")
"""Attributes of a route that are clauses of its own here."""
NOT_OVERRIDDEN = (
    "site", "region", "context", "model", "max_output", "price", "trust", "labels", "rate", "role", "prefill", "decode",
)  # fmt: skip
"""Of machines and loads, where another value might contradict what is declared."""
TARGETS = (
    'target envoy { listen "127.0.0.1:8080" }',
    'target vllm_sr { listen "127.0.0.1:8081" }',
    "target fleet_sim { seed 7 }",
    'target vllm { host "127.0.0.1" }',
)


class Full(Hand):
    def __init__(self, dice: Dice, size: int) -> None:
        super().__init__(dice, size)
        self.values = Values(dice, {})
        self.loads: list[str] = []
        self.guards: list[str] = []

    # ── Machines and loads ────────────────────────────────────────────────

    def machines(self) -> None:
        super().machines()
        models, sites = [f"m{i}" for i in range(self.models)], [f"h{i}" for i in range(self.sites)]
        self.values.names = {"model": models, "site": sites, "pool": self.pools, "signal": self.signals()}
        self.out = [self.wider(line) for line in self.out]
        self.attributes += ["provider"] * any(" provider " in line for line in self.out)
        if self.chance(5):
            self.out.append(f"model m9 {self.values.block('model', 5)}")
        if self.chance(5):
            self.out.append(f"site h9 {self.values.block('site', 6)}")
            sites.append("h9")
        for index in range(self.number(0, 2)):
            when = f"when {self.condition('request', 1)}  " if self.chance(6) else ""
            block = self.values.block("workload", 5, () if self.chance(5) else ("rate",))
            self.out.append(f"workload w{index} {{ {when}{block[2:]}")
            self.loads.append(f"w{index}")
        if self.chance(5):
            self.place_of_pools()
        if self.chance(3):
            of = f" of {self.one(self.loads)}" if self.loads and self.chance(7) else ""
            self.out.append(f"assume share {self.condition('request', 1)} = 30%{of}")

    def wider(self, line: str) -> str:
        """A model, site or pool with more attributes."""
        found = re.match(r"(model|site|pool) \S+ \{", line)
        if found is None:
            return line
        apart = self.one([("role",), ("prefill", "decode")])
        there = [*apart, *(name for name in ROWS[found[1]] if re.search(rf"\b{name} ", line[found.end() :]))]
        return f"{line[:-2]}  {'  '.join(self.values.attributes(found[1], 3, there))} }}"

    def place_of_pools(self) -> None:
        left = ("pool.context >= 4", 'pool.trust == "own"', 'site.region != "us"', "pool.price.input < 2USD/Mtok")
        items = self.values.attributes("place", 4)
        items += [f"require {self.one(left)}" + (f" when {self.one(left)}" if self.chance(5) else "")] * self.chance(6)
        items += ["budget 120USD/h"] * self.chance(4) + ["apart"] * self.chance(3)
        items += [f"prefer {', '.join(self.some(['cost', 'power', 'sites'], 1))}"] * self.chance(5)
        self.out.append("place here {\n  " + "\n  ".join(items) + "\n}")

    # ── Routes and rules ──────────────────────────────────────────────────

    def signal(self, kind: int, index: int) -> None:
        super().signal(kind, index)
        self.out[-1] = self.out[-1].replace('classifier("s', 'classifier(label = "high", "s')
        if self.chance(4):
            alike = " evidence alike" if ": score" in self.out[-1] else ""
            more = f'description "{index}"  labels {{ note {index} }}'
            self.out[-1] = f"{self.out[-1][:-2]}{alike}  {more} }}"

    def sum(self) -> str:
        text = super().sum()
        return self.one([f"-({text})", f"+({text}) + 1"]) if self.chance(2) else text

    def settings(self, *, weighted: bool = False) -> str:
        text = "".join(f"\n  {a}" for a in self.values.attributes("route", 2, (*BY_HAND, *(["select"] * weighted))))
        known = self.signals()
        if known and self.chance(2):
            text += f"\n  sticky by {self.one(known)} for 30min"
        if self.chance(2):
            text += f"\n  {self.budget()}"
        return text

    def action(self) -> str:
        """Edges on further causes."""
        text = super().action()
        return re.sub("on timeout(, overload)?", lambda _: f"on {', '.join(self.some(CAUSES, 1, 7))}", text)

    def guard(self, index: int) -> None:
        super().guard(index)
        self.guards.append(f"q{index}")
        if self.chance(4):
            self.waived("guard")

    def claim(self, index: int) -> None:
        super().claim(index)
        if self.chance(4):
            self.waived("assert")

    def waived(self, block: str) -> None:
        self.out[-1] = self.out[-1][:-1] + "".join(f"  {a}\n" for a in self.values.attributes(block, 7)) + "}"

    # ── What stands beside ────────────────────────────────────────────────

    def overrides(self, text: str) -> None:
        kinds = {"pool": self.pools, "route": self.routes, "guard": self.guards, "workload": self.loads}
        kinds |= {k: [*self.values.names[k]] for k in ("model", "site")}
        for kind, names in kinds.items():
            if names and self.chance(3):
                self.out.append(f"override {kind} {self.one(names)} {{ {self.overriding(kind)} }}")
        scores = re.findall(r"^(signal \S+): score(?!.* absent ).* (?:threshold|above) ", text, re.MULTILINE)
        if scores and self.chance(5):
            self.out.append(f"override {self.one(scores)} {{ {self.one(['threshold', 'above'])} 0.5 }}")

    def overriding(self, kind: str) -> str:
        match kind:
            case "guard":
                return f"forbid {self.attribute()}{self.when('request')}"
            case "route":
                return f"priority {self.number(-1, 2)}"
            case _:
                return "  ".join(self.values.attributes(kind, 3, NOT_OVERRIDDEN))

    def test(self, text: str) -> str:
        """A test of what becomes of one request, where it comes to a decision."""
        policy, findings = from_text(text)
        assert policy is not None, f"{findings.diagnostics}\n{text}"
        request = Caller(self.dice, policy, fails=False).request()
        try:
            decision = Interpreter(policy).decide(request)
        except (BadRequest, Conflict):
            return ""
        given = "  ".join(f"{n} {told(v, policy.signals[n].type)}" for n, v in request.items())
        expected = "  ".join(self.some(expectations(decision), 1))
        return f'test "one" {{\n  given {{ {given} }}\n  expect {{ {expected} }}\n}}\n'

    def policy(self) -> str:
        self.out.append("stack both { envoy, vllm_sr }" if self.chance(3) else "")
        self.out += self.some(TARGETS, 0, 2)
        text = super().policy()
        if self.chance(5):
            text = text.replace("language 1", 'language 1  owner "me"  description "drawn"', 1)
        self.out.clear()
        self.overrides(text)
        text += "".join(f"{line}\n" for line in self.out)
        return text + (self.test(text) if self.chance(4) else "")


def told(value: object, of: object = None) -> str:
    """As a test writes it."""
    match value:
        case str() if isinstance(of, Enum):
            return value
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case list():
            return f"[{', '.join(value)}]"
        case None:
            return "failed"
        case _:
            return str(value)


def expectations(d: Decision) -> list[str]:
    primaries = [s.pool for s in d.destinations if s.role == "primary"]
    found = [f"action {d.action}", f"denied {told(d.action == 'deny')}", f"served {told(bool(d.destinations))}"]
    found += [f"routed {told(d.route is not None)}", f"route {d.route or 'none'}"]
    return found + [f"pool `{p}`" for p in primaries[:1]]
