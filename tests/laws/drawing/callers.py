"""Random requests of a policy, of numbers near those where something changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction

from tests.laws.dice import Dice
from wrpc.policy import expr as x
from wrpc.policy import model as m


def bounds(policy: m.Policy) -> dict[str, set[Fraction]]:
    """The numbers near which something changes, by signal; those of "" are bounds of sums."""
    found: dict[str, set[Fraction]] = {"": set()}
    for signal in policy.signals.values():
        if isinstance(signal.type, m.Score) and signal.type.threshold is not None:
            found.setdefault(signal.name, set()).add(signal.type.threshold)
    for node in nodes(policy):
        if isinstance(node, x.Within):
            ends = {e for r in node.ranges for e in (r.low, r.high) if e is not None}
            match node.number.terms:
                case ((_, x.Raw(name) | x.Confidence(name)),):
                    found.setdefault(name, set()).update(ends)
                case _:
                    found[""] |= ends
    return found


def nodes(policy: m.Policy) -> list[object]:
    """Every node of every expression of a policy."""
    roots: list[x.Condition | x.Linear | None] = [d.value for d in policy.definitions.values()]
    roots += [a.condition for a in policy.assumptions.values()] + [r.when for r in policy.routes.values()]
    for guard in policy.guards.values():
        for rule in guard.rules:
            roots.append(rule.when)
            if isinstance(rule, m.Forbid):
                roots.append(rule.what)
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            roots += [claim.what, claim.when]
    return [n for root in roots if root is not None for n in x.walk(root)]


def written(policy: m.Policy) -> list[str]:
    """The strings of a policy, and some beside them."""
    found = {t.value for n in nodes(policy) if isinstance(n, x.Text) for t in (n.left, n.right)
             if isinstance(t, x.StringLiteral)}  # fmt: skip
    found |= {t for n in nodes(policy) if isinstance(n, x.Among) for t in n.texts}
    return sorted({*found, *(f + "x" for f in found), "", "b", "é"})


class Caller:
    """Draws one request of a policy."""

    def __init__(self, dice: Dice, policy: m.Policy, fails: bool) -> None:
        self.dice = dice
        self.policy = policy
        self.fails = fails
        self.bounds, self.texts = _near(policy)

    def request(self) -> dict[str, object]:
        made: dict[str, object] = {}
        allowed = {g.name: self.dice.number(-1, len(g.members) - 1) for g in self.policy.groups.values()}
        for name, signal in self.policy.signals.items():
            how = self.dice.number(0, 9)
            if how >= 8 and self.fails and signal.can_fail:
                made[name] = None
                continue
            group = self.policy.group_of.get(name)
            held = group is not None and name != group.default and group.members.index(name) != allowed[group.name]
            if how >= 2 or held:
                made[name] = self.value(signal, held)
        return made

    def value(self, signal: m.Signal, held: bool) -> object:
        """A value of its type; one that does not fire where another member of its group may."""
        match signal.type:
            case m.Bool():
                return False if held else self.dice.chance(5)
            case m.Enum(names):
                return self.dice.one(names)
            case m.Set(names):
                return [n for n in names if self.dice.chance(5)]
            case m.String():
                return self.dice.one(self.texts)
            case m.Int(low, high):
                near = [Fraction(b // 1 + d) for b in self.bounds.get(signal.name, ()) for d in (-1, 0, 1)]
                return int(self.dice.one(ranged([*near, Fraction(0), Fraction(1)], low, high)))
            case m.Real(low, high) | m.Score(low, high):
                ends = {*self.bounds.get(signal.name, ()), *self.bounds[""]}
                near = [b + d for b in ends for d in (Fraction(-1, 1000), Fraction(0), Fraction(1, 1000))]
                options = ranged([*near, *(Fraction(n, 2) for n in range(-2, 4))], low, high)
                if held and isinstance(signal.type, m.Score):
                    options = [o for o in options if not signal.type.fires(o)]
                # A bound such as a third has no exact decimal: it is rounded, and the value lies beside it.
                number = round(float(self.dice.one(options)), 6)
                return int(number) if number == int(number) else number


def ranged(numbers: Sequence[Fraction], low: Fraction | int, high: Fraction | int) -> list[Fraction]:
    """Those within a range, with its ends, each once, the nearest to 0 first."""
    ends = {Fraction(low), Fraction(high)}
    return sorted({n for n in numbers if low <= n <= high} | ends, key=lambda n: (abs(n), n))


_lately: deque[tuple[m.Policy, dict[str, set[Fraction]], list[str]]] = deque(maxlen=4)


def _near(policy: m.Policy) -> tuple[dict[str, set[Fraction]], list[str]]:
    for known, numbers, texts in _lately:
        if known is policy:
            return numbers, texts
    _lately.append((policy, bounds(policy), written(policy)))
    return _lately[-1][1:]
