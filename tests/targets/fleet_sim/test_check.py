"""What the simulator would take in silence is found in its files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from wrpc.targets.fleet_sim.check import check

FLEET: dict[str, Any] = {
    "pools": [
        {"id": "a", "gpu": "a100", "n_gpus": 2, "max_ctx": 8192},
        {"id": "b", "gpu": "h100", "n_gpus": 1, "max_ctx": 512},
    ],
    "router": "model",
    "workloads": {"a": {"cdf": "cdf/a.json", "lam_frac": 0.25}, "b": {"cdf": "cdf/a.json", "lam_frac": 0.75}},
}


def faults(fleet: Any, cdf: Any = ((512, 0.5), (1024, 1.0))) -> list[str]:
    found = check({"fleet.json": json.dumps(fleet), "cdf/a.json": json.dumps(cdf), "simulate.py": "print()"})
    assert all(d.code.id == "WRP805" for d in found)
    return [d.message for d in found]


def test_a_sound_fleet() -> None:
    assert not faults(FLEET)


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, Change] = {
    "unknown GPU `h1000`": lambda f: f["pools"][0].update(gpu="h1000"),
    "unknown GPU `A100`": lambda f: f["pools"][0].update(gpu="A100"),
    "unknown router `lenght`": lambda f: f.update(router="lenght"),
    "unknown router `None`": lambda f: f.pop("router"),
    "unknown key `poolz`": lambda f: f.update(poolz=[]),
    "unknown key `count`": lambda f: f["pools"][0].update(count=5),
    "unknown key `rate`": lambda f: f["workloads"]["a"].update(rate=5),
    "`n_gpus` is 0": lambda f: f["pools"][0].update(n_gpus=0),
    "`n_gpus` is 1.5": lambda f: f["pools"][0].update(n_gpus=1.5),
    "`n_gpus` is True": lambda f: f["pools"][0].update(n_gpus=True),
    "`n_gpus` is None": lambda f: f["pools"][0].pop("n_gpus"),
    "`max_ctx` is 511": lambda f: f["pools"][0].update(max_ctx=511),
    "without an id of their own": lambda f: f["pools"][0].update(id="b"),
    "no pools": lambda f: f.pop("pools"),
    "no workloads": lambda f: f.pop("workloads"),
    "`c`, which is not a pool": lambda f: f["workloads"].update(c=f["workloads"].pop("a")),
    "no file `cdf/z.json`": lambda f: f["workloads"]["a"].update(cdf="cdf/z.json"),
    "`lam_frac` is None": lambda f: f["workloads"]["a"].pop("lam_frac"),
    "`lam_frac` is 0,": lambda f: f["workloads"]["a"].update(lam_frac=0),
    "`lam_frac` is 1.5": lambda f: f["workloads"]["a"].update(lam_frac=1.5),
    "0.5 together, not 1": lambda f: f["workloads"]["b"].update(lam_frac=0.25),
}


@pytest.mark.parametrize("message", CHANGES)
def test_a_fault_is_found(message: str) -> None:
    fleet = json.loads(json.dumps(FLEET))
    CHANGES[message](fleet)
    assert any(message in found for found in faults(fleet))


@pytest.mark.parametrize(
    "cdf",
    [[], {}, 5, [[1, 1, 1]], [[512, 0.5], [512, 1.0]], [[512, 0.5], [1024, 0.4], [2048, 1]], [[512, 0.9]], [[0, 1]],
     [[512, 1.1]], [["a", 1]], [[512.5, 1]]],
)  # fmt: skip
def test_a_distribution_that_is_none(cdf: Any) -> None:
    assert faults(FLEET, cdf)


def test_no_json() -> None:
    assert check({"fleet.json": "{"})[0].message.startswith("`fleet.json`: no JSON")
