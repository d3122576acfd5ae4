"""What a policy and its settings ask of the simulator, and what is wrong with it.

The program takes almost anything in silence: an unknown GPU becomes an A100, an unknown router `length`, an unknown key
nothing. So whatever it would misread is found here first (WRP804), at its place in the policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from wrpc.diagnostics import Code, Diagnostic, did_you_mean, finding, listing
from wrpc.fleet.lengths import Unusable, prompt_share
from wrpc.policy.model import Amount, Phase, Pool, Value, Word, Workload
from wrpc.source import Span
from wrpc.targets.codes import APPROXIMATED, UNEMITTABLE, UNKNOWN_SETTING
from wrpc.targets.fleet_sim import driver
from wrpc.targets.fleet_sim.codes import INEXACT
from wrpc.targets.fleet_sim.lengths import Lengths, lengths
from wrpc.targets.fleet_sim.shares import Lead, Traffic
from wrpc.targets.fleet_sim.table import GPUS, LEAST_CONTEXT
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.target import Options


@dataclass(frozen=True, slots=True)
class Machines:
    """One pool as the simulator counts it: GPUs, not replicas."""

    pool: Pool
    gpu: str
    count: int
    context: int
    prefill: tuple[str, int] | None = None
    decode: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Arriving:
    workload: Workload
    rate: Fraction
    lengths: Lengths
    traffic: Traffic


class Asked:
    """One compile: reads pools, workloads and settings, and collects what is wrong with them."""

    def __init__(self, settled: Settled, options: Options) -> None:
        self.settled = settled
        self.policy = policy = settled.policy
        self.options = options
        self.found: list[Diagnostic] = []
        self.at = policy.at
        self.gpus = self._renamed()
        self.splits = self._splits()
        self.lead = Lead(settled)
        if _text(options.settings.get("arrivals")) not in (None, "poisson"):
            self.setting("arrivals", "the simulator knows no other arrivals than `poisson`")

    def say(self, code: Code, message: str, span: Span, help: str | None = None, subject: str | None = None) -> None:
        self.found.append(finding(code, message, span, help=help, subjects=[subject] if subject else []))

    def setting(self, name: str, message: str, help: str | None = None) -> None:
        self.say(UNKNOWN_SETTING, message, self.options.spans.get(name, self.at), help)

    def number(self, name: str, default: int, low: int = 0) -> int:
        value = self.options.settings.get(name)
        if not isinstance(value, Amount):
            return default
        if value.dimension or value.value.denominator != 1 or value.value < low:
            self.setting(name, f"`{name}` is a whole number of at least {low}")
            return default
        return int(value.value)

    # ── Settings ──────────────────────────────────────────────────────────

    def _renamed(self) -> dict[str, str]:
        """`gpus { h200 h100 }`: a GPU that the simulator does not know as one that it does."""
        given = self.options.settings.get("gpus")
        found = {g: g for g in GPUS}
        for name, value in given.items() if isinstance(given, Mapping) else ():
            to = _text(value)
            if to not in GPUS:
                self.setting("gpus", f"the simulator knows no GPU `{to or '…'}`", did_you_mean(to or "", GPUS))
            else:
                found[name.lower()] = to
        return found

    def _splits(self) -> dict[str, dict[str, Fraction]]:
        given = self.options.settings.get("split")
        found: dict[str, dict[str, Fraction]] = {}
        for name, shares in given.items() if isinstance(given, Mapping) else ():
            if name not in self.policy.workloads:
                self.setting("split", f"there is no workload `{name}`", did_you_mean(name, self.policy.workloads))
            elif not isinstance(shares, Mapping):
                self.setting("split", f"`split {{ {name} … }}` takes pools and their shares", "`chat { small 70% }`")
            else:
                found[name] = self._split(name, shares)
        return found

    def _split(self, workload: str, shares: Mapping[str, Value]) -> dict[str, Fraction]:
        found: dict[str, Fraction] = {}
        for pool, value in shares.items():
            if pool not in self.policy.pools:
                self.setting("split", f"there is no pool `{pool}`", did_you_mean(pool, self.policy.pools))
            elif not isinstance(value, Amount) or value.dimension or not 0 <= value.value <= 1:
                self.setting("split", f"the share of `{pool}` is not a share", "a number from 0% to 100%")
            else:
                found[pool] = value.value
        total = sum(found.values(), Fraction(0))
        if len(found) == len(shares) and total != 1:
            self.setting("split", f"the shares of `{workload}` are {float(total):.6g} together, not 1")
        return found

    # ── Pools ─────────────────────────────────────────────────────────────

    def machines(self, pool: Pool) -> Machines | None:
        phases = [p for p in (pool.prefill, pool.decode) if p is not None]
        sides_of: Sequence[Phase | None] = phases or [None]
        sides = [self._side(pool, phase) for phase in sides_of]
        context = pool.context or (self.policy.models[pool.model].context if pool.model else None)
        if context is None:
            self.pool(pool, "does not say its `context`")
        elif context < LEAST_CONTEXT:
            self.pool(pool, f"has a context of {context} tokens; the simulator's least is {LEAST_CONTEXT}")
        counted = [s for s in sides if s is not None]
        if context is None or len(counted) != len(sides):
            return None
        if len(phases) != 2:
            return Machines(pool, counted[0][0], counted[0][1], context)
        prefill, decode = counted
        if prefill[0] != decode[0]:
            message = (
                f"pool `{pool.name}` prefills on `{prefill[0]}` and decodes on `{decode[0]}`; `fleet.json` has one GPU"
                f" a pool, and counts them all as `{decode[0]}`"
            )
            self.say(APPROXIMATED, message, pool.span, subject=f"pool {pool.name}")
        return Machines(pool, decode[0], prefill[1] + decode[1], context, prefill, decode)

    def _side(self, pool: Pool, phase: Phase | None) -> tuple[str, int] | None:
        """GPU and how many of them: replicas × tensor × pipeline parallelism."""
        gpu = (phase.gpu if phase else None) or pool.gpu
        replicas = (phase.replicas if phase else None) or pool.replicas
        tensor = (phase.tensor_parallel if phase else None) or pool.tensor_parallel or 1
        pipeline = (phase.pipeline_parallel if phase else None) or pool.pipeline_parallel or 1
        if gpu is None:
            self.pool(pool, "does not say its `gpu`", "a pool of a `provider` is left out")
            return None
        if gpu.lower() not in self.gpus:
            self.pool(
                pool,
                f"stands on `{gpu}`, which the simulator would take for an `a100`",
                f"it knows {listing(list(GPUS), 'and')}; say which is nearest: "
                f"`target fleet_sim {{ gpus {{ {gpu} h100 }} }}`",
            )
            return None
        if replicas is None:
            self.pool(pool, "does not say its `replicas`")
            return None
        count = replicas[1] if _text(self.options.settings.get("replicas")) == "most" else replicas[0]
        if count * tensor * pipeline < 1:
            self.pool(pool, "may have no replica at all; the simulator needs one GPU at least")
            return None
        return self.gpus[gpu.lower()], count * tensor * pipeline

    def pool(self, pool: Pool, what: str, help: str | None = None) -> None:
        self.say(UNEMITTABLE, f"pool `{pool.name}` {what}", pool.span, help, f"pool {pool.name}")

    def fleet(self, machines: list[Machines]) -> None:
        if not self.policy.workloads:
            self.say(
                UNEMITTABLE, "nothing arrives: the policy has no workload", self.at, "`workload chat { rate 10/s … }`"
            )
        elif not machines and not self.found:
            self.say(UNEMITTABLE, "no pool of the policy has GPUs of its own", self.at)

    # ── Workloads ─────────────────────────────────────────────────────────

    def arriving(self, workload: Workload) -> Arriving | None:
        folder = _text(self.options.settings.get("cdf_dir"))
        try:
            known = lengths(workload.lengths, self.options.base, folder)
        except Unusable as fault:
            self.workload(workload, fault.message, fault.help)
            return None
        rate = self._rate(workload)
        if rate is None:
            return None
        split = self.splits.get(workload.name)
        found = self.lead.traffic(workload, split, known.points, self._hour(workload))
        strangers = sorted(set(split or ()) - set(found.reachable))
        if strangers:
            self.setting("split", f"no request of `{workload.name}` can reach {listing(strangers)}")
        if not found.pieces:
            self.workload(workload, "has no request that its `when` admits")
            return None
        if found.undecided:
            pools = listing(sorted(found.undecided), "and")
            message = (
                f"how the requests of workload `{workload.name}` divide over {pools} is not in the policy; every"
                " possible outcome gets equal weight"
            )
            told = f"`target fleet_sim {{ split {{ {workload.name} {{ {found.undecided[0]} 60% … }} }} }}`"
            self.say(APPROXIMATED, message, workload.span, told, f"workload {workload.name}")
        if found.open:
            message = (
                f"whether requests of workload `{workload.name}` reach all of their pools is not known: {found.open}"
            )
            repair = "the simulation counts what may be; say what the conditions ask with fewer signals"
            self.say(INEXACT, message, workload.span, repair, f"workload {workload.name}")
        self._admitted(workload, known, found)
        return Arriving(workload, rate, known, found)

    def _admitted(self, workload: Workload, known: Lengths, found: Traffic) -> None:
        """Lengths that the workload's own `when` excludes are not requests of it: the others have its rate."""
        if known.points is None:
            message = (
                f"the lengths `{known.package}` are the simulator's own: `simulate.py --prepare` writes `fleet.json`"
                " and `cdf/` where it is installed"
            )
            self.say(APPROXIMATED, message, workload.span, subject=f"workload {workload.name}")
            return
        points = list(known.points)
        share = sum((driver.mass(points, p.above, p.upto) for p in found.pieces), Fraction(0))
        if not share:
            self.workload(workload, "has no length that its `when` admits")
        elif share < 1:
            message = (
                f"{float(1 - share):.2%} of the lengths of workload `{workload.name}` are none that its `when` admits;"
                " they are left out, and the rate is that of the rest"
            )
            self.say(APPROXIMATED, message, workload.span, subject=f"workload {workload.name}")

    def _hour(self, workload: Workload) -> int | None:
        """The hour whose rate is used."""
        if len(workload.rate) == 1:
            return None
        hour = self.options.settings.get("hour")
        return int(hour.value) if isinstance(hour, Amount) else workload.rate.index(max(workload.rate))

    def _rate(self, workload: Workload) -> Fraction | None:
        if not workload.rate or max(workload.rate) <= 0:
            self.workload(workload, "has no `rate`")
            return None
        if len(workload.rate) == 1:
            return workload.rate[0]
        hour = self.options.settings.get("hour")
        if isinstance(hour, Amount):
            index = self.number("hour", 0)
            if index >= len(workload.rate):
                self.setting("hour", f"workload `{workload.name}` has rates for {len(workload.rate)} hours, from 0")
                return None
            return workload.rate[index]
        message = f"workload `{workload.name}` changes by the hour; the simulator has one rate, the highest"
        other = "`target fleet_sim { hour 3 }` takes another"
        self.say(APPROXIMATED, message, workload.span, other, f"workload {workload.name}")
        return max(workload.rate)

    def workload(self, workload: Workload, what: str, help: str | None = None) -> None:
        message = f"workload `{workload.name}` {what}"
        self.say(UNEMITTABLE, message, workload.span, help, f"workload {workload.name}")

    def overlong(self, machines: list[Machines], arriving: list[Arriving]) -> None:
        """The simulator puts a request of any length into any pool."""
        contexts = {m.pool.name: m for m in machines}
        for arrived in arriving:
            longest = arrived.lengths.points[-1][0] if arrived.lengths.points else None
            share = prompt_share(arrived.workload)
            for piece in arrived.traffic.pieces:
                for name in (n for n in (*piece.pools, *piece.mirrors) if n in contexts):
                    upto = min(piece.upto, longest or piece.upto)
                    upto = driver.left({"prompt_share": share}, upto, piece.compress.get(name))
                    if upto > contexts[name].context and (longest is None or longest > piece.above):
                        pool = contexts[name].pool
                        message = (
                            f"requests of workload `{arrived.workload.name}` of up to {upto} tokens reach"
                            f" pool `{name}`, whose context is {contexts[name].context}; the simulator serves them"
                            " all the same"
                        )
                        self.say(APPROXIMATED, message, pool.span, subject=f"pool {name}")


def _text(value: Value | None) -> str | None:
    return value.text if isinstance(value, Word) else value if isinstance(value, str) else None
