"""What is placed by itself: a pool, or each phase of a split one."""

from __future__ import annotations

from typing import Literal

from wrpc.policy.hardware import key
from wrpc.policy.model import Phase, Pool
from wrpc.source import Span
from wrpc.values import value

Side = Literal["prefill", "decode"]
SIDES: tuple[Side, ...] = ("prefill", "decode")


@value
class Part:
    """A pool, or one phase of it. `replicas` is None where neither says how many there are; `each` GPUs are what one
    takes."""

    pool: Pool
    phase: Side | None
    gpu: str | None
    replicas: tuple[int, int] | None
    tensor: int
    pipeline: int

    @property
    def each(self) -> int:
        return self.tensor * self.pipeline

    @property
    def low(self) -> int:
        return self.replicas[0] if self.replicas is not None else 1

    @property
    def type(self) -> str:
        """One spelling of the type of its GPUs."""
        return key(self.gpu or "")

    @property
    def placed(self) -> bool:
        """Whether it stands on sites: what says neither type nor number of its GPUs runs elsewhere."""
        return self.gpu is not None and self.replicas is not None

    @property
    def title(self) -> str:
        return f"{self.phase} of pool {self.pool.name}" if self.phase else f"pool {self.pool.name}"

    @property
    def span(self) -> Span:
        """Where its number of replicas stands."""
        own = self.pool.prefill if self.phase == "prefill" else self.pool.decode if self.phase == "decode" else None
        word = self.phase if self.phase is not None and own is not None and own.replicas is not None else "replicas"
        return self.pool.spans.get(word, self.pool.span)


def parts(pool: Pool) -> list[Part]:
    """The pool itself, or its phases, which take from it what they leave out."""
    phases = {"prefill": pool.prefill, "decode": pool.decode}
    split = [_part(pool, side, phase) for side in SIDES if (phase := phases[side]) is not None]
    return split or [_part(pool, None, Phase())]


def _part(pool: Pool, side: Side | None, phase: Phase) -> Part:
    return Part(
        pool,
        side,
        phase.gpu or pool.gpu,
        phase.replicas or pool.replicas,
        phase.tensor_parallel or pool.tensor_parallel or 1,
        phase.pipeline_parallel or pool.pipeline_parallel or 1,
    )
