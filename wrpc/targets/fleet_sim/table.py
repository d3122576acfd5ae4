"""What the simulator knows by name: facts of `vllm-sr-sim` 0.1.0.dev20260713123629 (`run_sim.py`)."""

from __future__ import annotations

VERSION = "0.1.0.dev20260713123629"

GPUS = ("a100", "h100", "a10g")
ROUTERS = ("length", "model", "semantic", "random", "least_loaded")

# Bounds of its REST models; its command takes anything.
LEAST_GPUS = 1
LEAST_CONTEXT = 512

POOL_KEYS = ("id", "gpu", "n_gpus", "max_ctx")
WORKLOAD_KEYS = ("cdf", "lam_frac")
FLEET_KEYS = ("pools", "router", "workloads")
