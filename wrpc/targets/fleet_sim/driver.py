"""Runs the fleet beside this file in the simulator (`pip install vllm-sr-sim==0.1.0.dev20260713123629`).

    python simulate.py [--requests N] [--seed N] [--out FILE] [--prepare]

`traffic.json` says what arrives and where it goes. From it come `fleet.json` and `cdf/`, the simulator's own format,
which holds shares and lengths alone; what that format has no place for (length thresholds, spills, prompts that are
shortened, prefill apart from decode) is done here.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Points = list[tuple[int, Fraction]]
HERE = Path(__file__).resolve().parent
DIGITS = 9


# ── From traffic to fleet ─────────────────────────────────────────────────


def exact(number: object) -> Fraction:
    return Fraction(str(number))


def below(points: Points, tokens: int) -> Fraction:
    """The share of requests of at most `tokens` tokens: straight between the points, as the simulator draws them."""
    low, share = 1, Fraction(0)
    for high, cumulative in points:
        if tokens < high:
            return share + (cumulative - share) * Fraction(max(0, tokens - low), high - low) if high > low else share
        low, share = high, cumulative
    return share


def mass(points: Points, low: int, high: int) -> Fraction:
    return below(points, high) - (below(points, low) if low else Fraction(0))


def admitted(workload: Json, points: Points) -> Fraction:
    """The share of the distribution that the workload's own condition admits. The rate is that of such requests."""
    return sum((mass(points, p["from"], p["upto"]) for p in workload["pieces"]), Fraction(0))


def sent(traffic: Json, lengths: Mapping[str, Points]) -> Iterator[tuple[str, int, int, Fraction]]:
    """Pool, length above and up to, requests per second: between all edges that any distribution or rule has."""
    edges = sorted(
        {0}.union(
            *({t for t, _ in points} for points in lengths.values()),
            *({p["from"], p["upto"]} for w in traffic["workloads"] for p in w["pieces"]),
            *({shortened(w, c)} for w in traffic["workloads"] for p in w["pieces"] for c in p["compress"].values()),
        )
    )
    for workload in traffic["workloads"]:
        points = lengths[workload["name"]]
        whole = admitted(workload, points)
        for piece in workload["pieces"]:
            for low, high in pairwise(e for e in edges if piece["from"] <= e <= piece["upto"]):
                rate = exact(workload["rate"]) * mass(points, low, high) / whole if whole else Fraction(0)
                for pool, share in (*piece["pools"].items(), *piece["mirrors"].items()):
                    ends = [left(workload, tokens, piece["compress"].get(pool)) for tokens in (low, high)]
                    yield pool, min(ends[0], ends[1] - 1), ends[1], rate * exact(share)


def shortened(workload: Json, prompt: int) -> int:
    """The longest request whose prompt has at most so many tokens."""
    share = exact(workload["prompt_share"])
    return int(prompt // share) if share else 0


def left(workload: Json, tokens: int, prompt: int | None) -> int:
    """The tokens of a request once its prompt is shortened."""
    share = exact(workload["prompt_share"])
    if prompt is None or tokens * share <= prompt:
        return tokens
    return prompt + int(-(-tokens * (1 - share) // 1))


def mixture(traffic: Json, lengths: Mapping[str, Points]) -> tuple[Json, dict[str, list[list[float]]]]:
    """The simulator's own description of the traffic: a share and a distribution of lengths for each pool."""
    arriving: dict[str, dict[int, Fraction]] = {p["id"]: {} for p in traffic["pools"]}
    for pool, low, high, rate in sent(traffic, lengths):
        if pool in arriving and rate:
            found = arriving[pool]
            found.setdefault(max(low, 1), Fraction(0))
            found[high] = found.get(high, Fraction(0)) + rate
    totals = {pool: sum(found.values(), Fraction(0)) for pool, found in arriving.items()}
    whole = sum(totals.values(), Fraction(0))
    busy = {pool: total / whole for pool, total in totals.items() if total}
    fleet = {
        "pools": [{k: p[k] for k in ("id", "gpu", "n_gpus", "max_ctx")} for p in traffic["pools"]],
        "router": "model",
        "workloads": {
            pool: {"cdf": traffic["cdf"][pool], "lam_frac": share}
            for pool, share in zip(busy, rounded(busy.values()), strict=True)
        },
    }
    return fleet, {traffic["cdf"][pool]: cumulative(arriving[pool]) for pool in busy}


def cumulative(masses: Mapping[int, Fraction]) -> list[list[float]]:
    total = sum(masses.values(), Fraction(0))
    found: list[list[float]] = []
    share = Fraction(0)
    for tokens in sorted(masses):
        share += masses[tokens] / total
        found.append([tokens, float(round(share, DIGITS))])
    found[-1][1] = 1.0
    return found


def rounded(shares: Iterable[Fraction]) -> list[float]:
    """Shares with few digits that add up as before: the largest takes what rounding leaves."""
    given = [*shares]
    found = [round(s, DIGITS) for s in given]
    if found:
        found[found.index(max(found))] += round(sum(given, Fraction(0)), DIGITS) - sum(found, Fraction(0))
    return [float(s) for s in found]


def total_rate(traffic: Json, lengths: Mapping[str, Points]) -> float:
    """Requests per second that reach the fleet; what goes to providers does not."""
    here = {p["id"] for p in traffic["pools"]}
    return float(sum((rate for pool, _, _, rate in sent(traffic, lengths) if pool in here), Fraction(0)))


def all_lengths(traffic: Json) -> dict[str, Points]:
    return {w["name"]: lengths_of(w) for w in traffic["workloads"]}


def lengths_of(workload: Json) -> Points:
    """The points that stand in the file, or those of the simulator's own distribution of that name."""
    given = workload["lengths"]
    if "points" in given:
        return [(int(t), exact(f)) for t, f in given["points"]]
    import fleet_sim

    path = Path(fleet_sim.__file__).parent / "data" / f"{given['package']}_cdf.json"
    if not path.is_file():
        raise SystemExit(f"the simulator that is installed has no distribution `{given['package']}` ({path.name})")
    raw = json.loads(path.read_text(encoding="utf-8"))
    points = [(int(t), exact(f)) for t, f in (raw["cdf"] if isinstance(raw, dict) else raw)]
    points[-1] = (points[-1][0], Fraction(1))
    return points


def prepare(traffic: Json) -> Json:
    """Writes `fleet.json` and `cdf/` as they follow from the traffic."""
    fleet, cdfs = mixture(traffic, all_lengths(traffic))
    (HERE / "cdf").mkdir(exist_ok=True)
    for path, points in cdfs.items():
        (HERE / path).write_text(json.dumps(points) + "\n", encoding="utf-8")
    (HERE / "fleet.json").write_text(json.dumps(fleet, indent=1) + "\n", encoding="utf-8")
    return fleet


# ── Running it ────────────────────────────────────────────────────────────


def arrivals(traffic: Json, requests: int, seed: int) -> list[tuple[float, Any]]:
    """Every workload's Poisson stream, each request sent where the policy sends one of its length."""
    from fleet_sim.workload.synthetic import CdfWorkload, PoissonWorkload

    here = {p["id"] for p in traffic["pools"]}
    everything = sum(exact(w["rate"]) for w in traffic["workloads"])
    found: list[tuple[float, Any]] = []
    for number, workload in enumerate(traffic["workloads"]):
        share = exact(workload["rate"]) / everything
        points = lengths_of(workload)
        whole = admitted(workload, points)
        source = CdfWorkload(
            [(t, float(f)) for t, f in points],
            l_in_frac=workload["prompt_share"],
            l_out_frac=1 - workload["prompt_share"],
            seed=seed + number,
        )
        if not whole or not exact(workload["rate"]):
            continue
        # What the workload's condition does not admit is drawn and dropped, so that its rate is as it says.
        stream = PoissonWorkload(
            float(exact(workload["rate"]) / whole), source, n_requests=max(1, round(requests * share / whole)),
            seed=seed + number,
        ).generate()  # fmt: skip
        draw = random.Random(seed + number)  # noqa: S311  a simulation, not a secret
        for time, request in stream:
            piece = next((p for p in workload["pieces"] if p["from"] < request.l_total <= p["upto"]), None)
            if piece is None or not piece["pools"]:
                continue
            pool = pick(piece["pools"], draw)
            if pool is None:
                continue
            request.workload = workload["name"]
            request.spills = piece["spills"].get(pool, [])
            short = piece["compress"].get(pool)
            if short and request.l_in > short:
                request.orig_l_in, request.l_in = request.l_in, short
                request.compressed = True
            for mirror, part in piece["mirrors"].items():
                if mirror in here and draw.random() < part:
                    found.append((time, copied(request, mirror)))
            if pool in here:
                request.model_id = pool
                found.append((time, request))
    found.sort(key=lambda pair: pair[0])
    return found


def pick(pools: Mapping[str, float], draw: random.Random) -> str | None:
    """A pool by the shares; none for what is denied, which is what is missing from 1."""
    names = sorted(pools)
    denied = max(1 - sum(pools.values()), 0.0)
    if len(names) == 1 and denied < 0.1**DIGITS:
        return names[0]
    return draw.choices([*names, None], [*(pools[n] for n in names), denied])[0]


def copied(request: Any, pool: str) -> Any:
    from fleet_sim.core.request import Request

    other = Request(request.req_id, request.arrival_time, request.l_in, request.l_out, request.category, pool)
    other.workload, other.spills = None, []
    return other


def router() -> type:
    """A router that follows the policy, spills included. The simulator finds routers by name in its own module."""
    import fleet_sim.routing as routing

    class PolicyRouter(routing.ModelRouter):  # type: ignore[misc]  # the simulator has no types
        live: Mapping[str, Any] = {}

        def set_pools(self, live: Mapping[str, Any]) -> None:
            self.live = live

        def route(self, request: Any) -> str | None:
            for pool, above in request.spills:
                if pool in self.live and self.load(request.model_id) > above:
                    return str(pool)
            return str(request.model_id)

        def load(self, pool: str) -> float:
            machines = self.live[pool].instances
            waiting = sum(m.active_count + m.queue_depth for m in machines)
            return float(waiting / max(1, sum(m.n_slots for m in machines)))

    routing.PolicyRouter = PolicyRouter
    return PolicyRouter


def simulate(traffic: Json, requests: int, seed: int) -> Json:
    from fleet_sim.core.fleet import Fleet, FleetConfig, PoolConfig
    from fleet_sim.gpu_profiles.profiles import A10G, A100_80GB, H100_80GB

    gpus = {"a100": A100_80GB, "h100": H100_80GB, "a10g": A10G}
    pools = [PoolConfig(p["id"], gpus[p["gpu"]], p["n_gpus"], p["max_ctx"]) for p in traffic["pools"]]
    sent = arrivals(traffic, requests, seed)
    result = Fleet(FleetConfig(pools=pools, router_type=router().__name__)).run(sent)
    found: Json = {
        "requests": len(sent),
        "gpus": result.total_gpus(),
        "usd_per_hour": round(result.cost_per_hr(), 2),
        "pools": {},
        "workloads": {},
        "disaggregated": {p["id"]: apart(p, traffic, gpus) for p in traffic["pools"] if p.get("disaggregated")},
    }
    for pool in traffic["pools"]:
        done = [r for r in result.completed if r.pool_id == pool["id"]]
        found["pools"][pool["id"]] = {"requests": len(done), **latencies(done)}
    for workload in traffic["workloads"]:
        done = [r for r in result.completed if r.workload == workload["name"]]
        measured = latencies(done)
        found["workloads"][workload["name"]] = {
            "requests": len(done),
            **measured,
            "slo": {
                name: {"seconds": limit, "kept": measured.get(name) is not None and measured[name] <= limit}
                for name, limit in workload["slo"].items()
            },
        }
    return found


def latencies(done: Sequence[Any]) -> dict[str, float]:
    measures = {"ttft_p99": "ttft", "ttft_queue_p99": "queue_wait", "tpot_p99": "tpot", "e2e_p99": "e2e_latency"}
    found = {}
    for name, attribute in measures.items():
        values = sorted(v for v in (getattr(r, attribute) for r in done) if v is not None)
        if values:
            found[name] = round(values[min(len(values) - 1, len(values) * 99 // 100)], 4)
    return found


def apart(pool: Json, traffic: Json, gpus: Mapping[str, Any]) -> Json:
    """What prefill and decode of one pool sustain apart, by the simulator's own formulas."""
    from fleet_sim.optimizer.disagg import DisaggFleetOptimizer

    _, cdfs = mixture(traffic, all_lengths(traffic))
    points = cdfs.get(traffic["cdf"][pool["id"]], [[pool["max_ctx"], 1.0]])
    mean = sum(t * (f - (points[i - 1][1] if i else 0.0)) for i, (t, f) in enumerate(points))
    shares = [w["prompt_share"] for w in traffic["workloads"]]
    share = sum(shares) / len(shares)
    sides = pool["disaggregated"]
    optimizer = DisaggFleetOptimizer(
        gpus[sides["prefill"]["gpu"]], gpus[sides["decode"]["gpu"]], mean * share, mean * (1 - share),
        slo_ttft_ms=float("inf"), slo_tpot_ms=float("inf"), max_ctx=pool["max_ctx"],
    )  # fmt: skip
    last = optimizer.sweep(sides["prefill"]["n_gpus"], sides["decode"]["n_gpus"])[-1]
    return {"requests_per_second": round(last.system_rate, 3), "ttft_ms": round(last.ttft_ms, 1),
            "tpot_ms": round(last.tpot_ms, 1)}  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    traffic = json.loads((HERE / "traffic.json").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description="Simulate the fleet of a policy.")
    parser.add_argument("--requests", type=int, default=traffic["requests"])
    parser.add_argument("--seed", type=int, default=traffic["seed"])
    parser.add_argument("--out", type=Path, help="write the result here, not to standard output")
    parser.add_argument("--prepare", action="store_true", help="write fleet.json and cdf/ and stop")
    asked = parser.parse_args(arguments)
    prepare(traffic)
    if asked.prepare:
        sys.stdout.write(
            f"vllm-sr-sim simulate-fleet fleet.json --lam {total_rate(traffic, all_lengths(traffic)):.6g}\n"
        )
        return 0
    text = json.dumps(simulate(traffic, asked.requests, asked.seed), indent=1) + "\n"
    if asked.out:
        asked.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
