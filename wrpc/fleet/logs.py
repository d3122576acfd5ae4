"""Requests that were seen, as `decide` reads them: what became of each, by workload, length and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wrpc.decide import Conflict, Interpreter, Request
from wrpc.decide.state import state
from wrpc.fleet.bins import Cells, bins
from wrpc.fleet.lengths import Distribution
from wrpc.fleet.outcomes import Outcome, Outcomes, decided
from wrpc.fleet.workloads import Seen
from wrpc.policy.model import Policy, Workload
from wrpc.values import value


@value
class Log:
    """Requests that the policy admits, and what they are called where shares lean on them."""

    policy: Policy
    requests: tuple[Request, ...]
    name: str = "log"

    def of(self, outcomes: Outcomes, workload: Workload, stated: Distribution | None) -> Seen:
        """What became of the requests of a workload."""
        machine = Interpreter(self.policy)
        made = bins(self.policy, outcomes.ground, workload, stated)
        names = {n for b in made.lengths for n, _ in b.cells} | {n for h in made.hours for c, _ in h for n, _ in c}
        found: dict[Cells, Counter[Outcome]] = {}
        for request in self.requests:
            s = state(self.policy, request)
            if workload.when is not None and machine.holds(workload.when, s) is not True:
                continue
            domains = outcomes.ground.engine.table.domains
            cells = tuple(sorted((n, domains[n].cell(request[n])) for n in names))
            try:
                outcome = decided(self.policy, machine.decision(request)[0])
            except Conflict:
                outcome = Outcome("conflict")
            found.setdefault(cells, Counter())[outcome] += 1
        return found


def seen(policy: Policy, requests: Sequence[Request], name: str = "log") -> Log:
    return Log(policy, tuple(requests), name)
