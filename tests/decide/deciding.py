"""Small policies and what they do with a request."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from wrpc import loads
from wrpc.decide import decide
from wrpc.decide.request import parse
from wrpc.policy.model import Policy

POOLS = """
model m { }
pool own { trust "own"  region "eu"  model m  labels { team red } }
pool cloud { trust "cloud"  region "us" }
pool bare { }
"""


@cache
def policy(text: str) -> Policy:
    return loads(text + POOLS)


def decided(text: str, **request: object) -> dict[str, Any]:
    """The JSON of a decision, the request sent as JSON."""
    return decide(policy(text), parse(json.dumps(request))).json()


def taken(text: str, **request: object) -> object:
    return decided(text, **request)["route"]


def plan(text: str, **request: object) -> list[tuple[str, str, object]]:
    """Pool, role and weight of each destination."""
    return [(d["pool"], d["role"], d["weight"]) for d in decided(text, **request)["destinations"]]
