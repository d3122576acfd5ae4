"""Where a signal comes from: which sources there are, what each takes, and whether it can fail.

A source that asks somebody else (a header, a token, a classifier, another service) can fail; one that is computed
from the request cannot.
"""

from __future__ import annotations

from typing import Literal

from wrpc.values import value

Form = Literal["text", "texts", "number", "any"]


@value
class Source:
    """`least` and `most` count the arguments without a name; `form` is what those are; `named` may others follow."""

    fallible: bool
    least: int = 0
    most: int | None = 0
    form: Form = "any"
    named: bool = True


def _computed(least: int = 0, most: int | None = 0, form: Form = "any") -> Source:
    return Source(False, least, most, form)


def _asked(least: int = 0, most: int | None = None, form: Form = "any") -> Source:
    return Source(True, least, most, form)


_COUNTED = Source(fallible=False, named=False)

SOURCES: dict[str, Source] = {
    # Counted or read in the request itself.
    "prompt_tokens": _COUNTED,
    "total_tokens": _COUNTED,
    "max_tokens": _COUNTED,
    "turns": _COUNTED,
    "has_tools": _COUNTED,
    "has_images": _COUNTED,
    "has_audio": _COUNTED,
    "has_attachment": _COUNTED,
    "attachments": _COUNTED,
    "messages": _COUNTED,
    "temperature": _COUNTED,
    "response_format": _COUNTED,
    "tools": _COUNTED,
    "stream": _COUNTED,
    "model": _COUNTED,
    "user": _COUNTED,
    "path": _COUNTED,
    "time_of_day": Source(fallible=False),
    "day_of_week": Source(fallible=False),
    "language": _computed(0, None),
    "keywords": _computed(1, None, "texts"),
    "pattern": _computed(1, None, "texts"),
    "context": _computed(0, None),
    "structure": _computed(0, None),
    "conversation": _computed(0, None),
    "parameter": _computed(1, 1, "text"),
    # Sent by somebody, or asked of somebody.
    "header": _asked(1, 1, "text"),
    "claim": _asked(1, 1, "text"),
    "cookie": _asked(1, 1, "text"),
    "classifier": _asked(1),
    "domain": _asked(),
    "embedding": _asked(1),
    "similarity": _asked(1),
    "complexity": _asked(),
    "preference": _asked(),
    "fact_check": _asked(),
    "user_feedback": _asked(),
    "reask": _asked(),
    "jailbreak": _asked(),
    "pii": _asked(),
    "safety": _asked(),
    "modality": _asked(),
    "kb": _asked(),
    "kb_metric": _asked(),
    "authz": _asked(),
    "tenant": _asked(),
    "session": _asked(),
    "event": _asked(),
    "metadata": _asked(1, 1, "text"),
    "input_modality": _computed(0, 1, "text"),
    "projection": _asked(),
    "pool_queue": _asked(1, 1),
    "pool_utilization": _asked(1, 1),
    "service": _asked(1),
}

# Sources whose one argument is the name of a pool.
OF_POOL = ("pool_queue", "pool_utilization")
