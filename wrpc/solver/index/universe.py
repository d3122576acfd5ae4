"""The points: one cell of each signal that the index follows, numbered in one row of bits."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.decide.asked import Asked
from wrpc.decide.cells import Domain
from wrpc.decide.request import RequestValue, unread
from wrpc.policy.model import Policy
from wrpc.solver.index.bits import runs
from wrpc.solver.limits import BITS, DENSE, POINTS, SUMS


class Universe:
    """`domains` are of the signals that are followed. Of the rest nothing is known."""

    def __init__(self, policy: Policy, domains: Mapping[str, Domain]) -> None:
        self.policy = policy
        self.domains = domains
        self._strides: dict[str, int] = {}
        points = 1
        # The largest lies outermost: its sets of cells are then runs of bits.
        for name in sorted(domains, key=lambda n: domains[n].size):
            self._strides[name] = points
            points *= domains[name].size
        self.points = points
        self.full = (1 << points) - 1

    def at(self, name: str, cells: int) -> int:
        """The points at which a signal lies in one of these cells."""
        stride, period = self._strides[name], self._strides[name] * self.domains[name].size
        found = cells if stride == 1 else 0
        if stride > 1:
            for first, last in runs(cells):
                found |= ((1 << (last - first) * stride) - 1) << first * stride
        return _repeated(found, period, self.points // period)

    def stride(self, name: str) -> int:
        """How far apart two points are that differ by one cell of this signal."""
        return self._strides[name]

    def request(self, points: int) -> dict[str, RequestValue]:
        """A request of one of the points, with as many signals as possible at their defaults, the first first."""
        found: dict[str, RequestValue] = {}
        for name, value in unread(self.policy).items():
            domain = self.domains.get(name)
            if domain is None:
                found[name] = value
                continue
            # The first of the preferred cells, by halves: the sets that have it are those from some length on.
            low, high = 0, domain.size - 1
            at = 0
            while low < high:
                if points & self.at(name, domain.preferred[at]):
                    high = at
                else:
                    low = at + 1
                at = (low + high) // 2
            cell = (domain.preferred[low] & ~(domain.preferred[low - 1] if low else 0)).bit_length() - 1
            points &= self.at(name, 1 << cell)
            found[name] = domain.values[cell]
        return found


def dense(asked: Asked) -> bool:
    """Every signal can be followed, and the sets of points of all routes and pools together are small. What strings are
    to each other cannot."""
    policy = asked.policy
    most = DENSE // (len(policy.routes) + len(policy.pools) + 1)
    if asked.together and len(policy.routes) > SUMS:
        return False
    points = 1
    for name, signal in policy.signals.items():
        if asked.reads[name] or name in policy.group_of or signal.on_error == "deny":
            domain = asked.domain(name, failures=False)
            points *= most + 1 if domain is None else domain.size + signal.can_fail
            if points > most:
                return False
    return True


def universe(policy: Policy, *, failures: bool, points: int = POINTS) -> Universe:
    """Follows the signals that are read most, as long as the points stay few."""
    asked = Asked(policy)
    most = min(points, BITS // (len(policy.routes) + len(policy.pools) + 1))
    domains: dict[str, Domain] = {}
    taken = 1
    for name, _ in asked.reads.most_common():
        if name in domains:
            continue
        # What a group makes of a member depends on all of them.
        group = policy.group_of.get(name)
        members = (name,) if group is None else group.members
        made = [asked.domain(m, failures=failures) for m in members]
        size = taken
        for domain in made:
            size *= most + 1 if domain is None else domain.size
        if size <= most:
            taken = size
            domains |= {m: d for m, d in zip(members, made, strict=True) if d is not None}
    return Universe(policy, domains)


def _repeated(bits: int, period: int, times: int) -> int:
    """So many copies, each so many bits behind the last."""
    if not bits:
        return 0
    found, width, copies = bits, period, 1
    while copies * 2 <= times:
        found |= found << width
        width, copies = width * 2, copies * 2
    if copies < times:
        found |= _repeated(bits, period, times - copies) << width
    return found
