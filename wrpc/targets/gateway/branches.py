"""A policy as branches: who takes a request, and what then becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Literal, Protocol

from wrpc.policy.expr import Condition
from wrpc.policy.model import Action, OnUnknown, Policy, Value
from wrpc.source import Span
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.targets.gateway.reach import Reach


@value
class Deny:
    """A denial. `route` is None where no route had been asked; `emptied`: guards left nothing that could serve."""

    reason: str
    route: str | None = None
    emptied: bool = False


@value
class Send:
    """A plan as the guards leave it: `action` holds what can still be reached, by whatever edge, and nothing else.
    `obligations` come with the pool that they are for, or without one."""

    route: str
    action: Action
    obligations: tuple[tuple[str, str | None], ...] = ()


Outcome = Deny | Send


@value
class Refuse:
    """The request is none of the policy's."""

    reason: str


@value
class Unrouted:
    reason: str = "no route takes this request"


Deed = Refuse | Outcome | Unrouted
"""What becomes of a request, whatever it is."""


class Fork(Protocol):
    """A guard on the road to an outcome: it acts where `condition` is true or unknown."""

    @property
    def condition(self) -> Condition: ...
    @property
    def span(self) -> Span: ...
    @property
    def acts(self) -> Way:
        """What follows where the guard acts."""

    @property
    def rests(self) -> Way:
        """What follows where the condition is surely false."""


Way = Outcome | Fork


@value
class Branch:
    """Requests for which `when` is as `counts` says, and what becomes of them. None is every request.

    `tier`, `priority` and `labels` are a route's. Branches with one `deed` do the same, as they were written.
    """

    subject: str
    name: str
    when: Condition | None
    counts: Literal["true", "maybe", "unknown"]
    span: Span = field(compare=False, repr=False)
    ways: Ways = field(compare=False, repr=False)
    tier: int | None = None
    priority: int = 0
    on_unknown: OnUnknown = "silent"
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""
    deed: int = -1


class Ways(Protocol):
    """The road from a branch to its outcomes."""

    @property
    def conditions(self) -> Sequence[Condition]:
        """Those of every fork."""

    def way(self, *, obligations: bool, reasons: bool) -> Way:
        """`obligations`: whether they are told apart; `reasons`: whether it matters which guard took the last
        destination away."""


@value
class Settled:
    """What an emitter is given. `policy` is without its routes, guards, claims and tests: signals and what is made of
    them, pools and what stands behind them, loads, settings.

    `faults` and `denials` come first, in this order; then `classes` of equal precedence, highest first; then `default`.
    `requiring` are the guards that ask something of a request ("guard a"). `resolve` stands in `policy`. `reach` is for
    who follows requests and decides none.
    """

    policy: Policy
    faults: tuple[Branch, ...]
    denials: tuple[Branch, ...]
    classes: tuple[tuple[Branch, ...], ...]
    routes: tuple[Branch, ...]
    default: Branch | None
    requiring: tuple[str, ...]
    reach: Reach = field(compare=False, repr=False)

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition that a decision depends on."""
        for branch in (*self.denials, *self.answering):
            if branch.when is not None:
                yield branch.when
            yield from branch.ways.conditions

    @property
    def answering(self) -> tuple[Branch, ...]:
        """Every route as it was declared, and the default last."""
        return (*self.routes, *(() if self.default is None else (self.default,)))


def outcomes(way: Way) -> Iterator[Outcome]:
    """Every outcome at the end of a way; where guards act before where they rest."""
    if isinstance(way, Deny | Send):
        yield way
    else:
        yield from outcomes(way.acts)
        yield from outcomes(way.rests)
