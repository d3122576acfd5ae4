"""A rule of a guard, or a part of an `or` in its condition, that never matters.

Whenever it would act, another rule or part of the same guard does the same. Or no request satisfies it. The guard is
as strict without it, so that it protects less than its text promises: often a word or bound in it is wrong.

Bad:

    signal pii: bool { source keywords("passport") }
    signal tokens: int(0..100k) { source prompt_tokens }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii or tokens > 50k  to own }
    default { to cloud }
    guard home { forbid destination.trust == "cloud" when pii or tokens > 200k }
    #                                                            ^^^^^^^^^^^^^ WRP414

Good:

    signal pii: bool { source keywords("passport") }
    signal tokens: int(0..100k) { source prompt_tokens }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii or tokens > 50k  to own }
    default { to cloud }
    guard home { forbid destination.trust == "cloud" when pii or tokens > 50k }

Of denials the first that holds decides, with its text: a later one matters where none before it holds. A guard that
can never act at all is WRP411, a guard whose denials others decide first is WRP413.

To repair, correct the rule or the part, or remove it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.analysis.safety.hollow import idle_rules, stand_in, stands
from wrpc.analysis.sampled import written
from wrpc.diagnostics import Code, finding
from wrpc.policy import reading
from wrpc.policy.destination import Destination
from wrpc.policy.expr import Any, Condition
from wrpc.policy.model import Denial, Forbid, Guard, Obligation, Policy, Rule
from wrpc.source import Span
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP414", "idle-branch", "warning", __doc__ or "")


@value
class Branch:
    """A rule, or one part of the `or` in its condition."""

    rule: Rule
    when: Condition | None
    part: bool
    at: Span

    @property
    def conditions(self) -> list[Condition]:
        what = self.rule.what if isinstance(self.rule, Forbid) else None
        return [c for c in (what, self.when) if c is not None]


def check(policy: Policy, ask: Asker) -> Found:
    for guard in policy.guards.values():
        for kind in _kinds(ask, guard):
            for branch in _idle(policy, ask, kind):
                yield finding(
                    CODE,
                    f"{_what(branch)} of guard `{guard.name}` never matters: {_why(policy, ask, branch)}",
                    branch.at,
                    subjects=(f"guard {guard.name}",),
                    help="correct it, or remove it",
                )


def _kinds(ask: Asker, guard: Guard) -> Iterator[list[Branch]]:
    """The branches of a guard by what they do; a kind of one branch has none beside it. Rules that never act at all are
    WRP411's."""
    kinds: dict[object, list[Branch]] = {}
    for rule in guard.rules:
        key: object = type(rule)
        if isinstance(rule, Obligation):
            key = rule.name, rule.per_destination
        kinds.setdefault(key, []).extend(branches(rule))
    for kind in kinds.values():
        if len(kind) > 1 and (left := [b for b in kind if id(b.rule) not in idle_rules(ask)]):
            yield left


def branches(rule: Rule) -> list[Branch]:
    if isinstance(rule.when, Any) and len(rule.when.parts) > 1 and written(rule.when):
        return [Branch(rule, part, True, part.span or rule.span) for part in rule.when.parts]
    return [Branch(rule, rule.when, False, rule.span)]


def _idle(policy: Policy, ask: Asker, kind: Sequence[Branch]) -> list[Branch]:
    """Those that can go, all together, the last first."""
    pools = _pools(policy, kind)
    before = _Before(kind, pools)
    idle: list[Branch] = []
    behind: list[Branch] = []  # those in whose presence the next one is not needed either
    for i in reversed(range(len(kind))):
        branch = kind[i]
        if behind and _says(behind[-1]) != _says(branch):
            behind = []  # of denials one with another text would decide

        def needed(room: Room, i: int = i, behind: tuple[Branch, ...] = tuple(behind)) -> Term:
            return before.needed(room, i, behind)

        if ask.settled(needed).impossible:
            idle.insert(0, branch)
        else:
            behind.append(branch)
    return idle


def _says(branch: Branch) -> str | None:
    return branch.rule.reason if isinstance(branch.rule, Denial) else None


class _Before:
    """For each room and pool, when one of the first so many branches acts: each made out of the one before it."""

    def __init__(self, kind: Sequence[Branch], pools: Sequence[Destination | None]) -> None:
        self._kind = kind
        self._pools = pools
        self._made: dict[int, list[list[Term]]] = {}
        self._behind: dict[int, tuple[tuple[Branch, ...], list[Term]]] = {}

    def needed(self, room: Room, at: int, behind: tuple[Branch, ...]) -> Term:
        """The branch acts, and none of those that would do."""
        from wrpc.solver.terms import conj, disj, negate

        before, after = self._before(room), self._after(room, behind)
        return disj(
            conj([_acts(room, self._kind[at], pool), negate(chain[at]), negate(later)])
            for pool, chain, later in zip(self._pools, before, after, strict=True)
        )

    def _before(self, room: Room) -> list[list[Term]]:
        from wrpc.solver.terms import disj

        if id(room) not in self._made:
            chains: list[list[Term]] = []
            for pool in self._pools:
                chain: list[Term] = [False]
                for branch in self._kind:
                    chain.append(disj([chain[-1], _acts(room, branch, pool)]))
                chains.append(chain)
            self._made[id(room)] = chains
        return self._made[id(room)]

    def _after(self, room: Room, behind: tuple[Branch, ...]) -> list[Term]:
        from wrpc.solver.terms import disj

        known, terms = self._behind.get(id(room), ((), [False] * len(self._pools)))
        if known != behind[: len(known)]:
            known, terms = (), [False] * len(self._pools)
        for branch in behind[len(known) :]:
            terms = [disj([t, _acts(room, branch, p)]) for t, p in zip(terms, self._pools, strict=True)]
        self._behind[id(room)] = behind, terms
        return terms


def _pools(policy: Policy, kind: Sequence[Branch]) -> list[Destination | None]:
    conditions = [c for b in kind for c in b.conditions]
    if not any(map(reading.of_destination, conditions)):
        return [None]
    return [stand_in(policy, s) for s in stands(policy, conditions)]


def _acts(room: Room, branch: Branch, place: Destination | None) -> Term:
    from wrpc.solver.terms import conj, negate

    encoding = room.decision.encoding.at(place)
    return conj(negate(encoding.condition(c).false) for c in branch.conditions)


def _what(branch: Branch) -> str:
    if branch.part:
        return f"`{' '.join(branch.at.text.split())}` in the condition"
    return "this rule"


def _why(policy: Policy, ask: Asker, branch: Branch) -> str:
    from wrpc.solver.terms import disj

    pools = _pools(policy, [branch])
    if ask.settled(lambda room: disj(_acts(room, branch, p) for p in pools)).impossible:
        return "no request satisfies it"
    return "whenever it would act, others of this guard do"
