"""The files of the simulator: `fleet.json` and `cdf/` are its own format, `traffic.json` and `simulate.py` the rest."""

from __future__ import annotations

from fractions import Fraction
from importlib.resources import files

from wrpc.fleet.lengths import prompt_share
from wrpc.targets import writing
from wrpc.targets.codes import UNEMITTABLE
from wrpc.targets.fleet_sim import driver
from wrpc.targets.fleet_sim.asked import Arriving, Asked, Machines
from wrpc.targets.fleet_sim.shares import Piece
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.naming import stems
from wrpc.targets.target import Artifact, Emitted, Entry, Options

REQUESTS, SEED = 10_000, 42


def emit(settled: Settled, options: Options) -> Emitted:
    asked, policy = Asked(settled, options), settled.policy
    machines = [m for p in policy.pools.values() if p.provider is None and (m := asked.machines(p))]
    arriving = [a for w in policy.workloads.values() if (a := asked.arriving(w))]
    asked.fleet(machines)
    if any(d.severity == "error" for d in asked.found):
        return Emitted((), tuple(asked.found))
    written = _traffic(asked, machines, arriving)
    asked.overlong(machines, arriving)
    artifacts = [
        Artifact("traffic.json", _json(written), _entries(machines, arriving, "workloads")),
        Artifact("simulate.py", _driver(), executable=True),
    ]
    if all(a.lengths.points is not None for a in arriving):
        fleet, cdfs = driver.mixture(written, driver.all_lengths(written))
        if not fleet["workloads"]:
            asked.say(UNEMITTABLE, "no workload reaches a pool that the simulator could run", asked.at)
            return Emitted((), tuple(asked.found))
        artifacts.append(Artifact("fleet.json", _json(fleet), _entries(machines, arriving, None)))
        artifacts += [Artifact(path, writing.json(points, indent=None) + "\n") for path, points in cdfs.items()]
    return Emitted(tuple(artifacts), tuple(asked.found))


# ── Files ─────────────────────────────────────────────────────────────────


def _traffic(asked: Asked, machines: list[Machines], arriving: list[Arriving]) -> dict[str, object]:
    stem = stems(m.pool.name for m in machines)
    return {
        "version": 1,
        "requests": asked.number("requests", REQUESTS, 1),
        "seed": asked.number("seed", SEED),
        "pools": [_pool(m) for m in machines],
        "cdf": {m.pool.name: f"cdf/{stem[m.pool.name]}.json" for m in machines},
        "workloads": [_workload(a) for a in arriving],
    }


def _pool(machines: Machines) -> dict[str, object]:
    found: dict[str, object] = {
        "id": machines.pool.name,
        "gpu": machines.gpu,
        "n_gpus": machines.count,
        "max_ctx": machines.context,
    }
    if machines.prefill and machines.decode:
        found["disaggregated"] = {
            side: {"gpu": gpu, "n_gpus": count}
            for side, (gpu, count) in (("prefill", machines.prefill), ("decode", machines.decode))
        }
    return found


def _workload(arriving: Arriving) -> dict[str, object]:
    workload, slo = arriving.workload, arriving.workload.slo
    limits = {
        "ttft_p99": slo.ttft_p99,
        "ttft_queue_p99": slo.ttft_queue_p99,
        "tpot_p99": slo.tpot_p99,
        "e2e_p99": slo.e2e_p99,
    }
    points = arriving.lengths.points
    return {
        "name": workload.name,
        "rate": _number(arriving.rate),
        "prompt_share": _number(prompt_share(workload)),
        "lengths": {"package": arriving.lengths.package}
        if points is None
        else {"points": [[tokens, _number(share)] for tokens, share in points]},
        "slo": {name: _number(limit) for name, limit in limits.items() if limit is not None},
        "pieces": [_piece(p) for p in arriving.traffic.pieces],
    }


def _piece(piece: Piece) -> dict[str, object]:
    return {
        "from": piece.above,
        "upto": piece.upto,
        "pools": dict(zip(piece.pools, driver.rounded(piece.pools.values()), strict=True)),
        "spills": {p: [[to, _number(above)] for to, above in edges] for p, edges in piece.spills.items()},
        "mirrors": {p: _number(s) for p, s in piece.mirrors.items()},
        "compress": piece.compress,
    }


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(round(value, driver.DIGITS))


def _entries(machines: list[Machines], arriving: list[Arriving], workloads: str | None) -> tuple[Entry, ...]:
    found = [Entry(f"/pools/{i}", m.pool.span) for i, m in enumerate(machines)]
    if workloads:
        found += [Entry(f"/{workloads}/{i}", a.workload.span) for i, a in enumerate(arriving)]
    return tuple(found)


def _json(value: object) -> str:
    return writing.json(value) + "\n"


def _driver() -> str:
    return (files("wrpc.targets.fleet_sim") / "driver.py").read_text(encoding="utf-8")
