"""Random policies with a workload, over so few values that every request of it can be written down.

Beside the signals of `small` there is one that counts tokens, perhaps two, perhaps one that tells the hour, and the
conditions ask for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

from tests.laws.dice import Dice
from tests.laws.policies import resolved, whole
from tests.laws.small import MOST, Request, Small, values
from wrpc.decide import BadRequest, Conflict, Decision, Interpreter
from wrpc.decide.state import state
from wrpc.policy import model as m

LONGEST = 12
RESOLVE = ("", "", "", "resolve [priority, name]", "resolve [confidence]")


class Loaded(Small):
    """Counts tokens."""

    resolve = RESOLVE

    def __init__(self, dice: Dice, size: int) -> None:
        super().__init__(dice, size)
        self.counts: dict[str, tuple[str, ...]] = {}

    def signal(self, kind: int, index: int) -> None:
        if index:
            super().signal(kind, index)
            return
        bounds = tuple(str(n) for n in range(LONGEST + 2))
        ranges = ("0..12", "0..12", "1..9", "4..20")
        both = self.number(0, 3)
        if both != 1:
            self.out.append(f"signal all: int({self.one(ranges)}) {{ source total_tokens }}")
            self.counts["all"] = bounds
        if both in (1, 2):
            kind_of = self.one(["int(0..12)", "real(0..12)"])
            self.out.append(f"signal asked: {kind_of} {{ source prompt_tokens }}")
            self.counts["asked"] = (*bounds, "2.5")
        if self.chance(4):
            self.out.append(f"signal hour: {self.one(['real(0h..24h)', 'int(0..23)'])} {{ source time_of_day }}")
            self.counts["hour"] = ("6h", "12h") if "real" in self.out[-1] else ("6", "12")

    def atom(self, where: str) -> str:
        if where in ("request", "rule") and self.chance(4):
            name = self.one(list(self.counts))
            return f"{name} {self.one(['<', '<=', '>', '>='])} {self.one(self.counts[name])}"
        return super().atom(where)

    def workload(self) -> None:
        cuts = sorted(self.some(range(1, LONGEST + 1), 1, 4))
        shares = [*sorted(self.some(range(100), len(cuts) - 1, len(cuts) - 1)), 100]
        points = ", ".join(f"[{t}, {s}%]" for t, s in zip(cuts, shares, strict=True))
        share = self.one(["", "  prompt_share 50%", "  prompt_share 0.7", "  prompt_share 0", "  prompt_share 1"])
        when = f"when {self.condition('request', 1)}  " if self.chance(6) else ""
        by_hour = f"[{', '.join(f'{n % 5}/s' for n in range(24))}]"
        rate = self.one(["rate 10/s", "", f"rate {by_hour}"])
        self.out.append(f"workload w {{ {when}{rate}  lengths [{points}]{share} }}")

    def policy(self) -> str:
        super().policy()
        self.workload()
        return "\n".join(self.out) + "\n"


def loads(size: int = 3) -> Callable[[Dice], m.Policy]:
    return lambda dice: resolved(whole(Loaded(dice, size)))


class Counted:
    """Every request of the one workload of such a policy, by length and hour, and what becomes of it."""

    def __init__(self, policy: m.Policy) -> None:
        self.policy = policy
        self.machine = Interpreter(policy)
        (self.workload,) = policy.workloads.values()
        share = self.workload.prompt_share
        self.share = Fraction(4, 5) if share is None else share
        self.counting = {s.name: s.source.name for s in policy.signals.values() if s.source and s.name in COUNTS}

    @property
    def few(self) -> bool:
        count = 1
        for signal in self.policy.signals.values():
            count *= 1 if signal.name in COUNTS else len(values(signal))
        return count <= MOST // 10

    def masses(self) -> list[tuple[int, Fraction]]:
        """The share of the requests of each length."""
        points = self.workload.lengths
        assert isinstance(points, tuple)
        found, low, before = [], 0, Fraction(0)
        for point in points:
            assert isinstance(point, tuple)
            tokens, share = (amount.value for amount in point if isinstance(amount, m.Amount))
            found += [(length, (share - before) / (tokens - low)) for length in range(low + 1, int(tokens) + 1)]
            low, before = int(tokens), share
        return [(length, mass) for length, mass in found if mass]

    def requests(self, length: int, hour: int) -> Iterator[Request]:
        """Those of the workload of a length that come in an hour, none of them with a failure."""
        fixed: dict[str, Fraction] = {}
        for name, source in self.counting.items():
            kind = self.policy.signals[name].type
            assert isinstance(kind, m.Int | m.Real)
            number = {"total_tokens": Fraction(length), "prompt_tokens": Fraction(int(length * self.share // 1))}
            hours = Fraction(hour) if kind.dimension == "" else Fraction(3600 * hour + 60)
            fixed[name] = hours if source == "time_of_day" else number[source]
            if not kind.low <= fixed[name] <= kind.high:
                return
        others = {n: values(s) for n, s in self.policy.signals.items() if n not in fixed}
        for row in product(*others.values()):
            both: Request = {**fixed, **dict(zip(others, row, strict=True))}
            request = {name: both[name] for name in self.policy.signals}
            try:
                self.machine.admit(request)
            except BadRequest:
                continue
            when = self.workload.when
            if when is None or self.machine.holds(when, state(self.policy, request)) is True:
                yield request

    def decision(self, request: Request) -> Decision | None:
        """None where routes conflict."""
        try:
            return self.machine.decision(request)[0]
        except Conflict:
            return None


COUNTS = ("all", "asked", "hour")
Sent = dict[tuple[str, str, str], tuple[Fraction, Fraction]]


def sent(policy: m.Policy, decision: Decision | None) -> Sent:
    """What a decision sends, by pool, route and way, least and most: told from the decision as a user reads it."""
    none, one = Fraction(0), Fraction(1)
    if decision is None:
        return {("", "", "conflict"): (one, one)}
    if decision.action != "route":
        return {("", "", "denied" if decision.action == "deny" else "unrouted"): (one, one)}
    found: Sent = {("", "", "served"): (one, one)}
    route = next(r for r in policy.answering if r.name == decision.route)
    primaries = [d for d in decision.destinations if d.role == "primary"]
    for d in decision.destinations:
        key = d.pool, route.name, d.role
        if d.role == "mirror":
            share = next(e.share for e in route.action.mirrors if e.pool == d.pool)
            found[key] = (share, share)
        elif d.role != "primary":
            found[key] = (none, one)
        elif len(primaries) == 1:
            found[key] = (one, one)
        else:
            found[key] = (none, one) if d.weight is None else (d.weight, d.weight)
        if d.role == "primary" and decision.others is not None:
            found[d.pool, route.name, "fallback"] = (none, one if d.weight is None else 1 - d.weight)
    return found
