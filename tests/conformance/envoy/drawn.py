"""Random policies for a real Envoy, each kind about one thing, with requests for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.laws.carried import ByEnvoy
from tests.laws.dice import Dice
from tests.laws.drawing.signals import TEXTS, TOOLS
from tests.laws.policies import resolved
from tests.support.requests import Sampler
from wrpc.policy.model import Policy

Request = Mapping[str, object]

CAUSES = (
    "timeout", "overload", "error", "rate_limit", "unavailable", "connection", "server_error", "quota", "refusal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    policy: Policy
    requests: tuple[Request, ...]

    @property
    def text(self) -> str:
        return self.policy.sources[0].text


class Rolled(ByEnvoy):
    """None is made smaller, for which a program would start each time."""

    def __init__(self, seed: int, size: int) -> None:
        super().__init__(Dice(seed), size)


def drawn(kind: type[Rolled], policies: int, each: int, *, size: int = 4) -> list[Drawn]:
    """So many policies with so many requests each."""
    found = []
    for seed in range(policies):
        policy = resolved(kind(seed, size).policy())
        sampler = Sampler(policy, seed)
        sampler.texts += TEXTS
        asked = [sampler.request() for _ in range(each)]
        found.append(Drawn(policy, tuple(_sent(policy, request, sampler.random) for request in asked)))
    return found


def _sent(policy: Policy, request: Request, chance: Random) -> Request:
    """Some of what may be absent is."""
    return {
        name: value
        for name, value in request.items()
        if policy.signals[name].absent is None or policy.signals[name].can_fail or chance.random() < 0.7
    }


class Asking(Rolled):
    """Asks strings, sets and tables in every way there is, and failures; signals have an `absent` often."""

    edges = extras = others = ()

    def signal(self, kind: int, index: int) -> None:
        super().signal(self.one([9, 8, 6, 9, kind]) if index else 9, index)

    def failure(self, fails: bool, source: str, absent: Sequence[str], *meanings: str) -> str:
        there = fails and any(s in source for s in ("header(", "cookie("))
        if there and self.chance(5):
            return f" absent {self.one(absent)}"
        return super().failure(fails, source, absent, *meanings)

    def atom(self, where: str) -> str:
        if where == "rule" or self.chance(3):
            return super().atom(where)
        columns = [n for n in (*self.strings, *self.enums, *self.numbers, *self.sets, *self.conditions) if "." in n]
        options = (
            ["pattern"] * 3 * bool(self.strings) + ["within"] * 2 * bool(self.sets) + ["column"] * 2 * bool(columns)
        )
        match self.one([*options, "failed"]):
            case "pattern":
                return self.pattern(self.one(self.strings))
            case "within":
                return f"{self.one(self.sets)} {self.one(['within', 'not within'])} [{', '.join(self.some(TOOLS))}]"
            case "column":
                return self.column(self.one(columns))
            case _:
                return f"failed({self.one(self.declared)})"

    def column(self, name: str) -> str:
        if name in self.conditions:
            return name
        if name in self.strings:
            return self.string(name)
        if name in self.enums:
            return f"{name} {self.one(['==', '!=', '<'])} {self.one(self.enums[name])}"
        if name in self.sets:
            return f"shell {self.one(['in', 'not in'])} {name}"
        return f"{name} {self.one(['<', '<=', '=='])} {self.one(['-1', '0.5', '1'])}"


class StandingIn(Rolled):
    """Every plan has several main destinations that stand in for one another, and fallbacks behind them."""

    kinds = "bbbbbbwbbb"
    rules = ("deny", "forbid", "forbid", "forbid")

    def signal(self, kind: int, index: int) -> None:
        super().signal(self.one([0, 0, 6, kind % 7]), index)

    def machines(self) -> None:
        self.pools = [f"p{i}" for i in range(self.number(3, 5))] + ["gone"]
        for pool in self.pools:
            self.out.append(f'pool {pool} {{ trust "{self.one(["own", "cloud"])}" }}')
        self.attributes = ["trust"]

    def on(self) -> str:
        causes = self.some(CAUSES, 0, 2) if self.chance(7) else []
        return f" on {', '.join(causes)}" if causes else ""

    def action(self) -> str:
        if self.chance(1):
            return 'deny "no"'
        left = self.some(self.pools, len(self.pools))
        count = self.number(2, min(4, len(left)))
        main, left = left[:count], left[count:]
        if self.chance(6):
            weights = ["1", *(self.one(["0", "1", "1", "2", "3", "7"]) for _ in main[1:])]
            text = "to " + ", ".join(f"{p} weight {w}" for p, w in zip(main, weights, strict=True))
        else:
            text = "to " + ", ".join(main)
        on = self.on()
        text += f"\n  fallback others{on}"
        for pool in left[: self.number(0, 2)]:
            text += f"\n  fallback {pool}" + (on if self.chance(7) else self.on())
        text += "\n  retries 1" if self.chance(2) else ""
        return text + ("\n  timeout 2s" if self.chance(3) else "")


class Counting(Rolled):
    """Every route has limits, or sends requests that are alike to one pool; no bucket fills up again meanwhile."""

    edges = ("fallback POOL",)
    others = ("fallback others",)
    extras = ()

    def signal(self, kind: int, index: int) -> None:
        super().signal(self.one([0, 2, 4, 6, 8, 9, kind]), index)

    def action(self) -> str:
        text = super().action()
        if text.startswith("deny"):
            return text
        known = self.signals()
        amounts = [f"{amount}/{unit}" for amount in (1, 2, 3, 5, 8, 30) for unit in ("h", "d")]
        for amount in self.some(amounts, 0, 2):
            text += f"\n  limit {amount}" + (f" per {self.one(known)}" if known and self.chance(7) else "")
        return text + (f"\n  sticky by {self.one(known)}" if known and self.chance(5) else "")
