"""What becomes of requests, one by one or all at once: for a target that follows requests and decides none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from wrpc.decide import BadRequest, Conflict, Decision, Interpreter, Request
from wrpc.decide.compiled import decider, plain
from wrpc.decide.request import read
from wrpc.decide.state import state
from wrpc.policy.expr import Condition, Failed, Fires, Interval, Linear, Raw, Within
from wrpc.policy.model import Policy, Score, plan
from wrpc.policy.reading import signals
from wrpc.solver.terms import Term, conj, disj, negate
from wrpc.targets.gateway.branches import Send
from wrpc.targets.gateway.plans import left

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker
    from wrpc.solver.room import Replay, Room


@dataclass(frozen=True, slots=True)
class Reached:
    """The plan of a request as the guards leave it, None where nobody serves it. `quiet`: no score fires."""

    send: Send | None
    quiet: bool


@dataclass(frozen=True, slots=True)
class Beyond:
    """What else becomes of some requests. `found` is None where nothing does, or, with `why`, where nobody knows."""

    found: Reached | None = None
    why: str = ""


Lengths = Mapping[str, tuple[Fraction, Fraction]]
"""By signal, the least and the greatest number that it has."""


class Reach:
    """A policy that can be asked. How it comes to an answer stays its own business."""

    def __init__(self, policy: Policy, ask: Callable[[], Asker]) -> None:
        self._policy = policy
        self._ask = ask
        self._interpreter = Interpreter(policy)
        self._routes = {r.name: r for r in reversed(policy.answering)}
        self._known: dict[Hashable, Reached] = {}
        self._load: tuple[Condition, tuple[str, ...], dict[tuple[Hashable, ...], bool]] | None = None

    def beyond(self, when: Condition | None, lengths: Lengths, known: Collection[Reached]) -> Beyond:
        """Someone whom a request reaches, of those for which `when` is true and that have these lengths, and who is not
        among the `known`. No signal fails."""
        room = self._ask().healthy
        condition = room.decision.encoding.condition
        wanted = [room.decision.served, condition(when).true]
        for name, (low, high) in lengths.items():
            inside = Within(Linear(Fraction(0), ((Fraction(1), Raw(name)),)), (Interval(low, high),))
            wanted.append(condition(inside).true)
        wanted += [negate(self._reaching(room, k.send, quiet=k.quiet)) for k in known if k.send is not None]

        def other(request: Request) -> Reached | None:
            if not all(low <= Fraction(str(request[name])) <= high for name, (low, high) in lengths.items()):
                return None
            found = self.of(request, when)
            return None if found is None or found.send is None or found in known else found

        answer = room.possible(conj(wanted), lambda replay: other(replay.request) is not None)
        if answer.request is None:
            return Beyond(why="" if answer.impossible else answer.why or "the solver gives up")
        return Beyond(other(answer.request))

    def serves(self, failed: Collection[str]) -> bool | None:
        """Whether anybody serves some request for which these signals failed; None where that is not known."""
        lost = [self._policy.signals[name] for name in failed]
        if not all(signal.can_fail for signal in lost):
            return False  # the request is none
        asked = {**read(self._policy, {}), **dict.fromkeys(failed)}
        found = self.of(asked, None)
        if found is not None and found.send is not None:
            return True
        room = self._ask().failing if failed else self._ask().healthy
        condition = room.decision.encoding.condition
        term = conj([room.decision.served, *(condition(Failed(name)).true for name in failed)])

        def served(replay: Replay) -> bool:
            decision = replay.decision
            return (
                decision is not None and decision.action == "route" and all(replay.request[n] is None for n in failed)
            )

        answer = room.possible(term, served)
        if not answer.possible and not failed and self._ask().can_fail:
            # Where no failure is asked for, one that leads elsewhere counts too.
            answer = self._ask().failing.possible(self._ask().failing.decision.served, served)
        return None if answer.verdict == "open" else answer.possible

    def _reaching(self, room: Room, send: Send, *, quiet: bool) -> Term:
        """The requests of a route for which guards leave this of its plan, and for which some score fires or none."""
        route = self._routes[send.route]
        stays = {p.pool for p in plan(send.action)}
        left = [(room.decision.left(p, route), p in stays) for p in sorted({p.pool for p in plan(route.action)})]
        scores = [n for n, s in self._policy.signals.items() if isinstance(s.type, Score)]
        noise = disj(room.decision.encoding.condition(Fires(n)).true for n in scores)
        kept = [term if stay else negate(term) for term, stay in left]
        return conj([room.decision.takes(route), *kept, negate(noise) if quiet else noise])

    def of(self, request: Request, when: Condition | None) -> Reached | None:
        """None for a request outside the space, or for which `when` is not true. Of equal answers there is one."""
        if not self.admits(when, request):
            return None
        try:
            decision = self._decide(plain(request))
        except (BadRequest, Conflict):
            return None
        key = decision.route, decision.action, decision.fired, tuple(r.pool for r in decision.removed)
        if key not in self._known:
            made = self._made(decision)
            self._known[key] = next((known for known in self._known.values() if known == made), made)
        return self._known[key]

    def admits(self, when: Condition | None, request: Request) -> bool:
        """Whether `when` is true of it. Of all requests with the same values of what that reads, one is asked."""
        if when is None:
            return True
        if self._load is None or self._load[0] is not when:
            self._load = when, tuple(sorted(signals(self._policy, [when]))), {}
        _, names, known = self._load
        key = tuple(request[name] for name in names)
        if key not in known:
            known[key] = self._interpreter.holds(when, state(self._policy, request)) is True
        return known[key]

    def _made(self, decision: Decision) -> Reached:
        quiet = not any(isinstance(self._policy.signals[name].type, Score) for name in decision.fired)
        route = self._routes.get(decision.route or "")
        if route is None or decision.action != "route":
            return Reached(None, quiet)
        action = left(route.action, {r.pool for r in decision.removed})
        return Reached(None if action is None else Send(route.name, action), quiet)

    @cached_property
    def _decide(self) -> Callable[[Mapping[str, object]], Decision]:
        return decider(self._policy)
