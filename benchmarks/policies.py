"""Large policies, made by a program, and requests for them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from decimal import Decimal

SIGNALS = """\
signal tokens: int(0..1M) { source prompt_tokens }
signal domain: one_of(math, law, health, code, other) { source classifier("d", threshold = 0.5) }
signal pii: score { source classifier("pii")  threshold 0.85  on_error fires }
signal tenant: string { source header("x-tenant") }
signal local_only: bool { source keywords("on-prem") }
pool own { trust "own" }
pool cloud { trust "cloud" }
pool small { trust "own" }
guard stays { forbid destination.trust != "own" when pii or local_only }
assert no_leak { never destination.trust == "cloud" when pii }
default { to own }
"""


def routes(count: int) -> str:
    """Routes over tenants, domains and lengths, each with a priority of its own: nothing shadows, nothing clashes."""
    made = [SIGNALS]
    for i in range(count):
        domain = ("math", "law", "health", "code", "other")[i % 5]
        low = (i // 5) * 1000
        pool = ("own", "cloud", "small")[i % 3]
        made.append(
            f"route r{i} {{\n  priority {count - i}\n  when domain == {domain} and tokens >= {low}"
            f" and tokens < {low + 1500} and not local_only\n  to {pool}\n}}\n"
        )
    return "".join(made)


def crossed(count: int) -> str:
    """Routes of one precedence that differ in what they do and never meet."""
    pools = ("own", "cloud", "small")
    return SIGNALS + "".join(
        f'route r{i} {{ when tenant == "t{i}" and tokens > {i}  to {pools[i % 3]} }}\n' for i in range(count)
    )


def ordered(count: int) -> str:
    """Routes over strings that are held against each other, by their order and by words."""
    names = [f"w{i}" for i in range(6)]
    made = [SIGNALS, *(f'signal {n}: string {{ source header("x-{n}") }}\n' for n in names)]
    for i in range(count):
        a, b, c = names[i % 6], names[(i + 1) % 6], names[(i + 3) % 6]
        made.append(
            f"route r{i} {{ priority {count - i}  when {a} < {b} and not ({b} == {c}) and "
            f'{c} < "m{i}" and prefix({a}, "eu-{i % 5}")  to {("own", "cloud", "small")[i % 3]} }}\n'
        )
    return "".join(made) + f"assert order {{ never {names[0]} == {names[1]} when {names[0]} < {names[1]} }}\n"


def tabled(count: int, *, table: bool = True, strings: bool = True) -> str:
    """A table of so many rows and five columns, each of which is read; or the same as lists of keys."""
    draw = random.Random(1)
    keys = [f"t{i}" for i in range(count)]
    limits, tiers = [draw.choice((4, 8, 16, 32, 64)) for _ in keys], [draw.choice(("gold", "silver")) for _ in keys]
    homes, oks = [draw.choice(("eu", "us")) for _ in keys], [draw.choice(("true", "false")) for _ in keys]
    tools = [draw.choice(("[a]", "[a, b]", "[]")) for _ in keys]
    of = "string" if strings else f"one_of({', '.join(keys)})"
    made = [f'signal tenant: {of} {{ source header("x-tenant") }}\n']
    made.append("signal tokens: int(0..100k) { source prompt_tokens }\n")

    def among(column: list[str] | list[int], value: object) -> str:
        found = [k for k, cell in zip(keys, column, strict=True) if cell == value]
        return "tenant in [" + ", ".join(f'"{k}"' if strings else k for k in found) + "]"

    if table:
        made.append("table plan of tenant {\n")
        rows = zip(keys, tiers, limits, homes, oks, tools, strict=True)
        made += [f'  {k} {{ tier {t}  limit {n}k  home "{h}"  ok {o}  tools {x} }}\n' for k, t, n, h, o, x in rows]
        made.append('  otherwise { tier silver  limit 0  home "us"  ok false  tools [] }\n}\n')
        gold, ok, home, both = "plan.tier == gold", "plan.ok", 'plan.home == "eu"', "b in plan.tools"
        long = "tokens > plan.limit"
    else:
        gold, ok, home = among(tiers, "gold"), among(oks, "true"), among(homes, "eu")
        both = among(tools, "[a, b]")
        long = " or ".join(f"({among(limits, n)} and tokens > {n}k)" for n in (4, 8, 16, 32, 64))
    return (
        "".join(made)
        + f"""
pool a {{ region "eu" }}
pool b {{ region "us" }}
route over {{ priority 4  when {long}  deny "too long" }}
route gold {{ priority 3  when {gold}  to a }}
route both {{ priority 2  when {both}  to b }}
route okay {{ priority 1  when {ok}  to b }}
default {{ to a, b }}
guard home {{ forbid destination.region == "us" when {home} }}
assert short {{ always denied when {long} }}
"""
    )


def keyed(count: int) -> str:
    """A route and a pool for each name of a model, as a proxy's configuration has them, and a few for prefixes."""
    made = ["signal model: string { source model }\n"]
    for i in range(count):
        also = f' or model == "alias-{i}"' if i % 3 == 1 else ""
        made += [
            f'pool p{i} {{ provider "openai"  trust "{"own" if i % 2 else "cloud"}" }}\n',
            f'route r{i} {{ tier 1  when model == "org/m-{i}"{also}  to p{i} weight 80, p{(i + 1) % count} weight 20',
            f"  fallback p{(i + 2) % count} on timeout  fallback p{(i + 3) % count} on timeout, overload }}\n",
        ]
    made += [f'route any{i} {{ tier 2  when prefix(model, "family-{i}/")  to p{i} }}\n' for i in range(20)]
    rules = (
        'default { deny "no such model" }\n'
        'assert stays { never destination.trust == "cloud" when prefix(model, "own/") }\n'
    )
    return "".join(made) + rules


def wide(count: int) -> str:
    """One route of many ANDed two-way ORs, which no normal form survives."""
    signals = "".join(
        f'signal a{i}: bool {{ source keywords("a{i}") }}\nsignal b{i}: bool {{ source keywords("b{i}") }}\n'
        for i in range(count)
    )
    condition = " and ".join(f"(a{i} or b{i})" for i in range(count))
    return f"{signals}pool p {{ }}\npool q {{ }}\nroute wide {{ when {condition}  to p }}\ndefault {{ to q }}\n"


LARGE = {
    "1,000 routes by the name of a model": keyed(1000),
    "300 routes, a priority each": routes(300),
    "300 routes of one precedence": crossed(300),
    "one route of 200 ANDed two-way ORs": wide(200),
    "40 routes over the order of six strings": ordered(40),
}


def requests(count: int, seeded: random.Random) -> list[str]:
    made = []
    for _ in range(count):
        request: dict[str, object] = {"tokens": seeded.randrange(0, 12_000)}
        if seeded.random() < 0.9:
            request["domain"] = seeded.choice(["math", "law", "health", "code", "other"])
        if seeded.random() < 0.3:
            request["pii"] = round(seeded.random(), 2)
        if seeded.random() < 0.1:
            request["local_only"] = True
        made.append(json.dumps(request))
    return made


def gateway(deployments: int) -> str:
    """A LiteLLM configuration: a group each, with rates, and two fallbacks for every group."""
    entries = "".join(
        f"""\
  - model_name: m-{i}
    litellm_params:
      model: openai/gpt-4o-{i}
      api_base: https://h{i}.example/v1
      api_key: os.environ/KEY_{i % 7}
      rpm: {100 + i}
    model_info:
      max_input_tokens: {1000 + i}
"""
        for i in range(deployments)
    )
    chains = "".join(f"    - m-{i}: [m-{i + 1}, m-{i + 7}]\n" for i in range(deployments - 7))
    return f"model_list:\n{entries}router_settings:\n  num_retries: 2\n  fallbacks:\n{chains}"


# ── Kinds that grow, with requests for each ───────────────────────────────


def ranged(count: int) -> str:
    """Two-sided lengths × 16 names × 6 bools, in tiers of a hundred."""
    seeded = random.Random(7)
    made = [SIGNALS, f"signal kind: one_of({', '.join(f'e{i}' for i in range(16))}) {{ source language }}\n"]
    made += [f'signal b{k}: bool {{ source keywords("w{k}") }}\n' for k in range(6)]
    for i in range(count):
        low = seeded.randrange(0, 120_000)
        kinds = ", ".join(f"e{k}" for k in seeded.sample(range(16), seeded.randint(1, 3)))
        flags = "".join(
            f" and {seeded.choice(['', 'not '])}b{k}" for k in seeded.sample(range(6), seeded.randint(0, 2))
        )
        made.append(
            f"route r{i} {{ tier {i // 100 + 1}  priority {count - i}  when tokens >= {low}"
            f" and tokens < {low + seeded.randrange(500, 40_000)} and kind in [{kinds}]{flags}"
            f"  to {('own', 'cloud', 'small')[i % 3]} }}\n"
        )
    return "".join(made)


def nested(count: int) -> str:
    """30 bools in nested conditions."""
    seeded = random.Random(7)
    made = [SIGNALS, *(f'signal b{k}: bool {{ source keywords("w{k}") }}\n' for k in range(30))]

    def condition(depth: int) -> str:
        if depth == 0 or seeded.random() < 0.25:
            return f"{seeded.choice(['', '', 'not '])}b{seeded.randrange(30)}"
        word = seeded.choice([" and ", " and ", " or "])
        return "(" + word.join(condition(depth - 1) for _ in range(seeded.randint(2, 3))) + ")"

    for i in range(count):
        when = f"b{seeded.randrange(30)} and {condition(2)} and {condition(2)} and tokens > {seeded.randrange(150_000)}"
        made.append(f"route r{i} {{ priority {count - i}  when {when}  to {('own', 'cloud', 'small')[i % 3]} }}\n")
    return "".join(made)


def summed(count: int) -> str:
    """Bands over sums of scores."""
    seeded = random.Random(7)
    made = [SIGNALS]
    for k in range(8):
        made.append(f'signal s{k}: score {{ source classifier("s{k}")  threshold 0.{3 + k % 5} }}\n')
        made.append(f'signal b{k}: bool {{ source keywords("w{k}") }}\n')
    for k in range(6):
        made += [
            f"score c{k} = 0.{2 + k % 4} * b{k} + 0.5 * confidence(s{k}) + 0.25 * raw(s{k + 1}) - 0.1 * b{k + 1}\n",
            f"band z{k} of c{k} {{ low below 0.2, mid below 0.45, high otherwise }}\n",
        ]
    for i in range(count):
        bands = " and ".join(f"z{k} == {seeded.choice(['low', 'mid', 'high'])}" for k in seeded.sample(range(6), 2))
        when = (
            f"{bands} and {seeded.choice(['', 'not '])}b{seeded.randrange(8)} and tokens > {seeded.randrange(150_000)}"
        )
        made.append(f"route r{i} {{ priority {count - i}  when {when}  to {('own', 'cloud', 'small')[i % 3]} }}\n")
    return "".join(made)


Sample = Callable[[int, int, random.Random], list[Mapping[str, object]]]


def _sample(make: Callable[[int, random.Random], dict[str, object]]) -> Sample:
    return lambda routes, count, seeded: [make(routes, seeded) for _ in range(count)]


def _flags(seeded: random.Random, count: int) -> dict[str, object]:
    return {f"b{k}": seeded.random() < 0.5 for k in range(count)}


GROWING: dict[str, tuple[Callable[[int], str], Sample]] = {
    "lengths, names and bools": (
        ranged,
        _sample(lambda _, r: {"tokens": r.randrange(150_000), "kind": f"e{r.randrange(16)}", **_flags(r, 6)}),
    ),
    "one precedence, by tenant": (
        crossed,
        _sample(lambda n, r: {"tokens": r.randrange(2 * n), "tenant": f"t{r.randrange(n)}"}),
    ),
    "the name of a model": (keyed, _sample(lambda n, r: {"model": f"org/m-{r.randrange(2 * n)}"})),
    "30 bools, nested": (nested, _sample(lambda _, r: {"tokens": r.randrange(200_000), **_flags(r, 30)})),
    "bands over sums": (
        summed,
        _sample(
            lambda _, r: {
                "tokens": r.randrange(200_000),
                **_flags(r, 8),
                **{f"s{k}": Decimal(r.randrange(101)) / 100 for k in range(8)},
            }
        ),
    ),
}
