"""WRP211 and WRP414 say of small policies which parts counting all requests finds to be needless, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.small import policies, requests
from tests.laws.test_hollow_agrees_with_counting import Counted, reads
from tests.laws.volume import compared, many
from wrpc.analysis.run import check
from wrpc.decide.state import State
from wrpc.policy import expr as x
from wrpc.policy import model as m
from wrpc.policy.destination import Destination

Truths = Sequence[bool | None]
Place = tuple[str, str, int]  # code, subject, start


@many(2_000, parts=3, floors={"policy": 1_600, "WRP211": 1_600, "WRP414": 130})
@given(dice=dices())
def test_counting(dice: Dice) -> None:
    policy = dice.draw(policies())
    space = requests(policy)
    if space is None or not any(None not in r.values() for r in space):
        return
    counting = Needless(policy, space)
    expected = Counter([*counting.parts(), *counting.branches()])
    found = Counter(
        (d.code.id, d.subjects[0], d.span.start) for d in check(policy).diagnostics if d.code.id in ("WRP211", "WRP414")
    )
    assert found == expected, f"found {found - expected}, expected {expected - found}\n{policy.sources[0].text}"
    compared("policy")
    for code, _, _ in expected.elements():
        compared(code)


class Needless(Counted):
    # ── Parts of conditions ───────────────────────────────────────────────

    def parts(self) -> Iterator[Place]:
        for name, condition in self.policy.conditions.items():
            for span in self.needless(condition, lambda t: t):
                yield "WRP211", f"let {name}", span
        holds: dict[str, Callable[[bool | None], object]] = {
            "silent": lambda t: t is True, "fires": lambda t: t is not False, "deny": lambda t: t,
        }  # fmt: skip
        for route in self.policy.routes.values():
            if route.when is not None and any(self.machine.takes(route, s) for _, s in self.space):
                for span in self.needless(route.when, holds[route.on_unknown]):
                    yield "WRP211", f"route {route.name}", span
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                if rule.when is not None and not reads(rule.when):
                    for span in self.needless(rule.when, lambda t: t is not False, branches=True):
                        yield "WRP211", f"guard {guard.name}", span

    def needless(
        self, condition: x.Condition, means: Callable[[bool | None], object], *, branches: bool = False
    ) -> list[int]:
        """Where those stand that can go one after the other, from the last."""

        def seen(c: x.Condition) -> list[object]:
            return [means(t) for t in self.truths(c)]

        whole = seen(condition)
        if all(t is False for t in self.truths(condition)):
            return []
        found: list[int] = []

        def visit(node: x.Condition, around: Callable[[x.Condition], x.Condition], top: bool) -> x.Condition:
            """The node with all that can go gone; `around` puts it into the whole."""
            match node:
                case x.Not(operand):
                    return x.Not(visit(operand, lambda c: around(x.Not(c)), False))
                case x.All(parts) | x.Any(parts) if all(p.span != node.span for p in parts):  # as somebody wrote it
                    kind, left = type(node), list(parts)
                    for i in reversed(range(len(parts))):
                        shorter = [*left[:i], *left[i + 1 :]]
                        can = bool(shorter) and not (top and branches and kind is x.Any)
                        if can and seen(around(kind(tuple(shorter)))) == whole:
                            found.append(starts(left[i]))
                            left = shorter
                            continue

                        def inside(c: x.Condition, i: int = i, left: list[x.Condition] = left) -> x.Condition:
                            return around(kind((*left[:i], c, *left[i + 1 :])))

                        left = [*left[:i], visit(left[i], inside, False), *left[i + 1 :]]
                    return kind(tuple(left))
                case _:
                    return node

        visit(condition, lambda c: c, True)
        return found

    def truths(self, condition: x.Condition) -> list[bool | None]:
        test = self.machine.test(condition)
        return [test(s, None, None) for _, s in self.space]

    # ── Branches of guards ────────────────────────────────────────────────

    def branches(self) -> Iterator[Place]:
        for guard in self.policy.guards.values():
            kinds: dict[object, list[tuple[m.Rule, list[x.Condition], int]]] = {}
            for rule in guard.rules:
                key = (type(rule), getattr(rule, "name", None), getattr(rule, "per_destination", None))
                what = [rule.what] if isinstance(rule, m.Forbid) else []
                if isinstance(rule.when, x.Any) and all(p.span != rule.when.span for p in rule.when.parts):
                    for part in rule.when.parts:
                        kinds.setdefault(key, []).append((rule, [*what, part], starts(part)))
                else:
                    when = [] if rule.when is None else [rule.when]
                    kinds.setdefault(key, []).append((rule, [*what, *when], rule.span.start))
            for kind in kinds.values():
                # What never acts at all is told by WRP411, for requests without failures.
                alive = [b for b in kind if self.meant(self.rule(b[0]))]
                if len(kind) > 1:
                    for _, _, start in self.idle(alive):
                        yield "WRP414", f"guard {guard.name}", start

    def idle(
        self, kind: list[tuple[m.Rule, list[x.Condition], int]]
    ) -> Iterator[tuple[m.Rule, list[x.Condition], int]]:
        places = (
            self.places([c for _, cs, _ in kind for c in cs])
            if any(reads(c) for _, cs, _ in kind for c in cs)
            else [None]
        )
        acting = [[self.does(cs, s, p) for _, s in self.space for p in places] for _, cs, _ in kind]
        gone: set[int] = set()
        for i in reversed(range(len(kind))):
            behind: list[int] = []
            for j in range(i + 1, len(kind)):
                if j in gone:
                    continue
                if isinstance(kind[i][0], m.Denial) and kind[j][0].reason != kind[i][0].reason:  # type: ignore[union-attr]
                    break
                behind.append(j)
            others = [acting[j] for j in (*range(i), *behind)]
            if not any(acts and not any(o[k] for o in others) for k, acts in enumerate(acting[i])):
                gone.add(i)
                yield kind[i]

    def does(self, conditions: list[x.Condition], s: State, place: Destination | None) -> bool:
        return all(self.machine.test(c)(s, place, None) is not False for c in conditions)


def starts(condition: x.Condition) -> int:
    assert condition.span is not None, "what is written stands somewhere"
    return condition.span.start
