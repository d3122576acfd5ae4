"""What one replica of a pool, or of a phase of it, is sized by: a profile of its engine, or data sheets."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from wrpc.fleet.gpus import gpu, nearest
from wrpc.fleet.models import Shape, shape
from wrpc.fleet.parts import Part
from wrpc.fleet.profiles import Unusable, profile
from wrpc.fleet.sheet import sheet
from wrpc.fleet.steps import Engine
from wrpc.policy.hardware import memory
from wrpc.policy.model import Model, Policy
from wrpc.source import Span
from wrpc.values import value

GIB = 2**30


@value
class Basis:
    """`quick`: as fast as it can be at all; `factor`: within what the times of both are right. `said`: where they come
    from. `kv`: bytes a token of the cache takes, None where that is not known; `link`: bytes a second between its GPUs,
    likewise."""

    engine: Engine
    quick: Engine
    factor: float
    said: str
    kv: float | None
    link: float | None

    @property
    def sheet(self) -> bool:
        return self.said == SHEET


SHEET = "data sheet"


@value
class Missing:
    """Why a part cannot be sized; `settle` is what would mend it."""

    what: str
    settle: str
    span: Span


def basis(policy: Policy, part: Part) -> Basis | Missing:
    """A profile that the part or its pool names comes before data sheets, `concurrency` of the pool before either. The
    KV cache of a profile that does not know it is the data sheet's."""
    pool = part.pool
    model = policy.models.get(pool.model or "")
    known = shape(model) if model is not None else None
    hardware = gpu(part.gpu) if part.gpu is not None else None
    own = pool.prefill if part.phase == "prefill" else pool.decode if part.phase == "decode" else None
    name = (own.profile if own is not None else None) or pool.profile
    if name is not None:
        try:
            path = pool.span.source.path
            found = profile(name, [] if path is None else [path.parent])
        except Unusable as why:
            return Missing(why.message, "`wrpc calibrate LOG -o FILE` makes one", pool.spans.get("profile", pool.span))
        engine = found.engine if pool.concurrency is None else replace(found.engine, slots=pool.concurrency)
        if engine.kv_tokens == inf:
            by_sheet = _sheet(part, model, known)
            if isinstance(by_sheet, Basis):
                engine = replace(engine, kv_tokens=by_sheet.engine.kv_tokens)
        return Basis(
            engine, engine, 1 + found.within, name, known.kv if known else None, hardware.link if hardware else None
        )
    return _sheet(part, model, known)


def _sheet(part: Part, model: Model | None, known: Shape | None) -> Basis | Missing:
    pool = part.pool
    if model is None:
        return Missing("has no `model`", "name one: `model m`, with what it takes: `model m { … }`", pool.span)
    if known is None:
        what = f"has a model, `{model.name}`, of which the weights or the KV cache are not known"
        return Missing(what, f"say `weights` and `kv_per_token` of model `{model.name}`", model.span)
    if part.gpu is None:
        return Missing("has no `gpu`", "say the type of its GPUs, or name a `profile`", pool.span)
    hardware, size = gpu(part.gpu), memory(part.gpu)
    if hardware is None or size is None:
        near = nearest(part.gpu)
        like = f", or use {', '.join(f'`{n}`' for n in near)}" if near else ""
        what = f"has GPUs of a type that is not in the catalogue, `{part.gpu}`"
        settle = f"name a `profile` of a run on them (`wrpc calibrate`){like}"
        return Missing(what, settle, pool.spans.get("gpu", pool.span))
    made = sheet(hardware, size * GIB, known, part.tensor, part.pipeline, slots=pool.concurrency)
    if made is None:
        what = f"has {part.each} × {size} GiB a replica, too little for {known.weights / GIB:,.4g} GiB of weights"
        return Missing(what, "give a replica more GPUs with `tensor_parallel`", pool.span)
    return Basis(made.engine, made.quick, made.factor, SHEET, known.kv, hardware.link)
