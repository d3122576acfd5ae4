"""Large policies of six kinds, made by a program: what a thousand routes are written over in practice.

firewall: two-sided lengths by 16 names by 6 bools, in tiers of a hundred. tenants: one name of as many as there are
routes, and a length. flags: 30 bools in nested conditions. sums: bands over sums of scores. names: strings by `==` and
`prefix`. mixed: some of each.
"""

from __future__ import annotations

import re
from random import Random

HEAD = """\
policy big { language 1  owner "a@example.com" }
signal tokens: int(0..200k) { source prompt_tokens }
signal pii: score { source classifier("pii")  threshold 0.8  on_error fires }
"""
POOLS = "".join(
    f'pool p{k} {{ trust "{"own" if k % 3 else "cloud"}"  region "{"eu" if k % 2 else "us"}" }}\n' for k in range(20)
)
RULES = """\
guard home { forbid destination.trust == "cloud" when pii }
assert eu { never destination.region == "us" when pii and tokens > 199k }
default { to p1 }
"""

Routes = tuple[str, list[tuple[str, str]]]  # signals; of each route its condition, and what it has beside `to`


def _bools(count: int) -> str:
    return "".join(f'signal b{k}: bool {{ source keywords("w{k}") }}\n' for k in range(count))


def firewall(count: int, r: Random) -> Routes:
    names = ", ".join(f"e{i}" for i in range(16))
    made = []
    for _ in range(count):
        low = r.randrange(0, 120_000)
        kinds = ", ".join(f"e{k}" for k in sorted(r.sample(range(16), r.randint(1, 3))))
        bools = "".join(f" and {'' if r.random() < 0.5 else 'not '}b{k}" for k in r.sample(range(6), r.randint(0, 2)))
        when = f"tokens >= {low} and tokens < {low + r.randrange(500, 40_000)} and kind in [{kinds}]{bools}"
        made.append((when, ""))
    return f"signal kind: one_of({names}) {{ source language }}\n{_bools(6)}", made


def tenants(count: int, r: Random) -> Routes:  # noqa: ARG001  all kinds are made alike
    names = ", ".join(f"t{i}" for i in range(count))
    signals = f'signal tenant: one_of({names}) {{ source claim("tenant")  on_error deny }}\n'
    return signals, [
        (f"tenant == t{i} and tokens <= {1000 + i}", f"  fallback p{(i + 3) % 20} on timeout") for i in range(count)
    ]


def flags(count: int, r: Random) -> Routes:
    def nested(depth: int) -> str:
        if depth == 0 or r.random() < 0.25:
            return ("not " if r.random() < 0.4 else "") + f"b{r.randrange(30)}"
        word = r.choice([" and ", " and ", " or "])
        return "(" + word.join(nested(depth - 1) for _ in range(r.randint(2, 3))) + ")"

    made = [
        (f"b{r.randrange(30)} and b{r.randrange(30)} and {nested(2)} and tokens > {r.randrange(0, 150_000)}", "")
        for _ in range(count)
    ]
    return _bools(30), made


def sums(count: int, r: Random) -> Routes:
    signals = [_bools(8)]
    signals += [f'signal s{k}: score {{ source classifier("s{k}")  threshold 0.{3 + k % 5} }}\n' for k in range(8)]
    for k in range(6):
        signals.append(
            f"score c{k} = 0.{2 + k % 4} * b{k} + 0.5 * confidence(s{k}) + 0.25 * raw(s{(k + 1) % 8})"
            f" - 0.1 * b{(k + 1) % 8}\n"
            f"band z{k} of c{k} {{ low below 0.2, mid below 0.45, high otherwise }}\n"
        )
    made = []
    for _ in range(count):
        bands = " and ".join(f"z{k} == {r.choice(['low', 'mid', 'high'])}" for k in r.sample(range(6), 2))
        flag = f"{r.choice(['', 'not '])}b{r.randrange(8)}"
        made.append((f"{bands} and {flag} and tokens > {r.randrange(0, 150_000)}", ""))
    return "".join(signals), made


def names(count: int, r: Random) -> Routes:  # noqa: ARG001  all kinds are made alike
    made = []
    for i in range(count):
        model = f'model == "org/m-{i}"' if i % 4 else f'prefix(model, "fam-{i}/")'
        when = f'{model} and (prefix(customer, "eu-") or customer == "t{i}")'
        made.append((when, f"  fallback p{(i + 1) % 20} on timeout"))
    return 'signal model: string { source model }\nsignal customer: string { source header("x-customer") }\n', made


def mixed(count: int, r: Random) -> Routes:
    """A fifth of each, in turn, over the signals of all."""
    parts = [kind(count // 5, r) for kind in (firewall, tenants, flags, sums, names)]
    lines = dict.fromkeys(line for signals, _ in parts for line in signals.splitlines(keepends=True))
    made = [route for group in zip(*(routes for _, routes in parts), strict=True) for route in group]
    return "".join(lines), made


KINDS = {"firewall": firewall, "tenants": tenants, "flags": flags, "sums": sums, "names": names, "mixed": mixed}
TIERS = {"firewall": 100, "flags": 50, "sums": 20, "mixed": 100}  # routes of one tier, each of a priority of its own

MACHINES = """\
model m { context 32_768  heads 64  layers 48 }
workload w { rate 100/s  when tokens <= 32k  lengths [[8_000, 50%], [32_000, 100%]] }
target envoy { trust_headers true }
"""


def served(text: str) -> str:
    """A policy whose pools are machines with addresses, under a load: what every target asks of one."""
    machine = r'pool \1 { endpoint "http://\1.example.com:8000"  model m  gpu h100  replicas 2 '
    return re.sub(r"pool (p\d+) \{", machine, text) + MACHINES


def family(kind: str, count: int, seed: int = 7) -> str:
    signals, routes = KINDS[kind](count, Random(seed))
    size = TIERS.get(kind)
    made = []
    for i, (when, more) in enumerate(routes):
        tier = "tier 2" if kind == "tenants" else f"tier {1 + (i % 3 if size is None else i // size)}"
        priority = "" if kind == "tenants" else f"  priority {count - i}"
        made.append(f"route r{i} {{ {tier}{priority}  when {when}  to p{i % 20}{more} }}\n")
    return HEAD + signals + "".join(made) + POOLS + RULES
