"""Which engines a policy needs, and what would go wrong with them: a pool is one engine, or one a phase."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from wrpc.diagnostics import Code, Diagnostic, did_you_mean, finding, listing
from wrpc.policy.hardware import memory
from wrpc.policy.model import Amount, Env, Model, Phase, Policy, Pool, Value
from wrpc.source import Span
from wrpc.targets.codes import APPROXIMATED, NOT_CARRIED, UNEMITTABLE, UNKNOWN_SETTING
from wrpc.targets.engine.codes import TOO_LITTLE_MEMORY
from wrpc.targets.engine.limits import broken
from wrpc.targets.engine.options import HOST, KINDS, OWN, plain, text
from wrpc.targets.engine.options_0_32 import CHOICES, CONNECTORS, OPTIONS, SECRETS, VERSION
from wrpc.targets.naming import stems
from wrpc.targets.target import Options

GIB = 2**30
USED = Fraction(92, 100)  # the engine's own `gpu-memory-utilization`
# Where a policy shares its KV cache, and the connector that does.
SHARES = {"lmcache": "LMCacheConnectorV1"}
TIERS = ("gpu", "cpu", "disk", "remote")
# Tiers whose size stands in no file of an engine.
UNSIZED = {"gpu": "the engine's `gpu-memory-utilization`", "remote": "the cache's own server"}
LMCACHE = ("LMCacheConnectorV1",)
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Role = Literal["kv_producer", "kv_consumer", "kv_both"]
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Engine:
    """One kind of process. `name` is what its files are called; `tiers` have their sizes for one replica, in bytes."""

    name: str
    pool: Pool
    phase: Literal["prefill", "decode"] | None
    source: str
    model: Model
    gpu: str | None
    replicas: tuple[int, int] | None
    tensor: int
    pipeline: int
    context: int | None
    port: int
    connector: str | None
    role: Role
    tiers: Mapping[str, Fraction | None]
    share: str | None
    options: Mapping[str, object]

    @property
    def ranks(self) -> int:
        return self.tensor * self.pipeline


class Plan:
    """One compile: reads pools and settings, and collects what is wrong with them. `block`: the name of the target's
    block, whose settings these are."""

    def __init__(self, policy: Policy, options: Options, block: str = "vllm") -> None:
        self.policy = policy
        self.block = block
        self.options = options
        self.found: list[Diagnostic] = []
        self.at = policy.at
        self.host = text(options.settings.get("host")) or HOST
        self.image = text(options.settings.get("image"))
        self.port = self.whole(options.settings.get("port"), "port", 8000)
        self.remote = self._remote()
        self.general, self.special = self._options()
        self.engines = tuple(self._engines())
        if not self.engines and not any(d.severity == "error" for d in self.found):
            self.say(
                UNEMITTABLE, "no pool of the policy is served by vLLM", self.at, "`pool p { model m  engine vllm }`"
            )

    def say(self, code: Code, message: str, span: Span, help: str | None = None, subject: str | None = None) -> None:
        self.found.append(finding(code, message, span, help=help, subjects=[subject] if subject else []))

    def setting(self, name: str, message: str, help: str | None = None) -> None:
        self.say(UNKNOWN_SETTING, message, self.options.spans.get(name, self.at), help)

    def pool(self, pool: Pool, what: str, help: str | None = None, code: Code = UNEMITTABLE) -> None:
        self.say(code, f"pool `{pool.name}` {what}", pool.span, help, f"pool {pool.name}")

    def whole(self, value: Value | None, name: str, default: int) -> int:
        if value is None:
            return default
        if isinstance(value, Amount) and not value.dimension and value.value in range(1, 65_536):
            return int(value.value)
        self.setting(name, f"`{name}` takes a port, from 1 to 65535")
        return default

    # ── Settings ──────────────────────────────────────────────────────────

    def _remote(self) -> str | Env | None:
        value = self.options.settings.get("remote_url")
        if isinstance(value, Env) and not VARIABLE.fullmatch(value.name):
            self.setting("remote_url", f"`{value.name}` is not the name of a variable")
            return None
        return value if isinstance(value, Env) else text(value)

    def table(self, name: str) -> Mapping[str, Value]:
        found = self.options.settings.get(name)
        return found if isinstance(found, Mapping) else {}

    def _options(self) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
        """Options of one's own: for every engine, and for those of one pool."""
        general: dict[str, object] = {}
        special: dict[str, dict[str, object]] = {}
        for name, value in self.table("options").items():
            if name in self.policy.pools and isinstance(value, Mapping):
                special[name] = dict(self._read(value))
            else:
                general.update(self._read({name: value}))
        return general, special

    def _read(self, given: Mapping[str, Value]) -> Iterator[tuple[str, object]]:
        for written, value in given.items():
            name = written.replace("_", "-")
            if name in SECRETS:
                self.setting("options", f"`{name}` is a secret", f"the program reads it from `{SECRETS[name]}`")
            elif name in OWN:
                self.setting("options", f"`{name}` is not set here: {OWN[name]}")
            elif name not in OPTIONS and name not in CHOICES:
                close = did_you_mean(name, (*OPTIONS, *CHOICES))
                self.setting("options", f"`vllm serve` has no option `{name}`", close)
            else:
                read = plain(value, name)
                if read is None:
                    expected = listing(CHOICES[name]) if name in CHOICES else KINDS[OPTIONS[name]]
                    self.setting("options", f"the option `{name}` takes {expected}")
                else:
                    yield name, read

    # ── Pools ─────────────────────────────────────────────────────────────

    def _engines(self) -> Iterator[Engine]:
        ours = [p for p in self.policy.pools.values() if self._ours(p)]
        names = stems([n for p in ours for n in ([f"{p.name}-prefill", f"{p.name}-decode"] if _apart(p) else [p.name])])
        ports = self.table("ports")
        for stranger in set(ports) - {p.name for p in ours}:
            self.setting(
                "ports", f"no pool `{stranger}` is served by vLLM", did_you_mean(stranger, (p.name for p in ours))
            )
        for pool in ours:
            port = self.whole(ports.get(pool.name), "ports", self.port)
            phases: list[tuple[Literal["prefill", "decode"] | None, Phase | None]] = [(None, None)]
            if _apart(pool):
                phases = [("prefill", pool.prefill or Phase()), ("decode", pool.decode or Phase())]
            for kind, phase in phases:
                name = names[f"{pool.name}-{kind}" if kind else pool.name]
                engine = self._engine(pool, kind, phase or Phase(), name, port)
                if engine is not None:
                    self._judge(engine)
                    yield engine

    def _ours(self, pool: Pool) -> bool:
        if pool.engine is not None and pool.engine.lower() != "vllm":
            self.pool(pool, f"runs on `{pool.engine}`, and is left out here", code=APPROXIMATED)
            return False
        if pool.model is None:
            if pool.engine is not None:
                self.pool(pool, "has no `model` for its engine")
            return False
        return pool.engine is not None or pool.provider is None

    def _engine(
        self, pool: Pool, kind: Literal["prefill", "decode"] | None, phase: Phase, name: str, port: int
    ) -> Engine | None:
        model = self.policy.models[pool.model or ""]
        given = self.table("models").get(model.name)
        source = given if isinstance(given, str) else model.source
        if source is None:
            self.say(
                UNEMITTABLE,
                f"model `{model.name}` does not say its `source`, where the engine would find its weights",
                model.span,
                f'`source "…"`, or `target {self.block} {{ models {{ {model.name} "…" }} }}`',
                f"model {model.name}",
            )
            return None
        cache = pool.kv_cache
        share, tiers = (cache.share, cache.held) if cache else (None, {})
        connector = self._connector(pool, share, tiers, kind)
        roles: Mapping[str | None, Role] = {"prefill": "kv_producer", "decode": "kv_consumer"}
        return Engine(
            name=name,
            pool=pool,
            phase=kind,
            source=source,
            model=model,
            gpu=phase.gpu or pool.gpu,
            replicas=phase.replicas or pool.replicas,
            tensor=phase.tensor_parallel or pool.tensor_parallel or 1,
            pipeline=phase.pipeline_parallel or pool.pipeline_parallel or 1,
            context=pool.context or model.context,
            port=port,
            connector=connector,
            role=roles.get(kind or pool.role, "kv_both"),
            tiers=tiers,
            share=share,
            options={**self.general, **self.special.get(pool.name, {})},
        )

    def _connector(
        self, pool: Pool, share: str | None, tiers: Mapping[str, Fraction | None], kind: str | None
    ) -> str | None:
        """What moves the cache between tiers and engines; None where nothing has to."""
        asked = text(self.options.settings.get("connector"))
        if asked is not None and asked not in CONNECTORS:
            self.setting("connector", f"vLLM knows no connector `{asked}`", did_you_mean(asked, CONNECTORS))
        if share is not None and share.lower() not in SHARES:
            known = listing([*SHARES])
            self.pool(pool, f"shares its cache by `{share}`", f"known here: {known}; others by the setting `connector`")
        for tier in tiers:
            if tier not in TIERS:
                self.pool(pool, f"keeps its cache in `{tier}`", f"a tier is {listing(TIERS)}")
        beyond = tiers.keys() - {"gpu"}
        if share is None and not beyond and kind is None and pool.role in (None, "both"):
            return None
        if asked is not None:
            return asked
        if share is None and not beyond:
            return "NixlConnector"
        return SHARES["lmcache"]

    # ── What vLLM would only notice at its start, or not at all ───────────

    def _judge(self, engine: Engine) -> None:
        pool, model = engine.pool, engine.model
        if engine.tensor < 1 or engine.pipeline < 1:
            self.pool(pool, "has a parallelism below 1")
            return
        if model.heads is not None and model.heads % engine.tensor:
            self.pool(
                pool,
                f"divides the {model.heads} attention heads of `{model.name}` over {engine.tensor} GPUs",
                "`tensor_parallel` divides the number of heads",
            )
        if model.layers is not None and engine.pipeline > model.layers:
            self.pool(pool, f"divides the {model.layers} layers of `{model.name}` over {engine.pipeline} stages")
        if engine.context is not None and model.context is not None and engine.context > model.context:
            self.pool(pool, f"has a context of {engine.context} tokens; `{model.name}` takes {model.context}")
        if engine.connector in LMCACHE:
            if (engine.share or "remote" in engine.tiers) and self.remote is None:
                how = "shares its cache by LMCache" if engine.share else "keeps its cache in `remote`"
                self.pool(
                    pool,
                    f"{how}, and nothing says where",
                    '`target vllm { remote_url "lm://cache.internal:65432" }`',
                )
            if "disk" in engine.tiers and text(self.options.settings.get("disk_path")) is None:
                self.pool(
                    pool, "keeps its cache on disk, and nothing says where", '`target vllm { disk_path "/var/kv" }`'
                )
            for tier, size in engine.tiers.items():
                if tier in ("cpu", "disk") and not size:
                    self.pool(pool, f"says nothing of the `size` of its cache in `{tier}`")
        for tier, who in UNSIZED.items():
            if engine.tiers.get(tier):
                message = f"`vllm` does not carry the size of the `{tier}` tier of pool `{pool.name}`: {who} decides it"
                self.say(NOT_CARRIED, message, pool.span, subject=f"pool {pool.name}")
        held = {
            "tensor-parallel-size": engine.tensor,
            "pipeline-parallel-size": engine.pipeline,
            **({} if engine.context is None else {"max-model-len": engine.context}),
            **({} if pool.concurrency is None else {"max-num-seqs": pool.concurrency}),
            **engine.options,
        }
        for fault in broken(held):
            at = self.options.spans.get("options", pool.span)
            message = f"vLLM {VERSION} does not start the engine of pool `{pool.name}`: {fault}"
            self.say(UNEMITTABLE, message, at, subject=f"pool {pool.name}")
        self._fits(engine)

    def _fits(self, engine: Engine) -> None:
        each = memory(engine.gpu) if engine.gpu else None
        weights, kv = engine.model.weights, engine.model.kv_per_token
        if each is None or weights is None:
            return
        used = engine.options.get("gpu-memory-utilization", USED)
        part = Fraction(str(used)) if isinstance(used, int | float) else USED
        there = each * engine.ranks * part
        needed = (weights + (kv or 0) * (engine.context or 0)) / GIB
        if needed > there:
            one = "one request of full length" if kv and engine.context else "nothing else"
            self.pool(
                engine.pool,
                f"needs {float(needed):.1f} GiB for `{engine.model.name}` and {one}; its {engine.ranks} `{engine.gpu}`"
                f" a replica give {float(there):.1f} GiB",
                "a larger `tensor_parallel`, or a shorter `context`",
                TOO_LITTLE_MEMORY,
            )


def _apart(pool: Pool) -> bool:
    return pool.prefill is not None or pool.decode is not None
