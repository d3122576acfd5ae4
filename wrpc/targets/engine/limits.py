"""Whether the program would start with these options: each in its range, and all of them together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wrpc.targets.engine.limits_0_32 import RANGES, TOGETHER, Options


def broken(options: Options) -> Iterator[str]:
    """What the program refuses of options that are each of their kind."""
    sound = True
    for name, value in options.items():
        limit = RANGES.get(name)
        if limit is None or isinstance(value, bool) or not isinstance(value, int | float) or limit.holds(value):
            continue
        sound = False
        yield f"`{name}` is {value}; it has to be {limit}"
    # A number out of its range breaks what it is held against as well.
    for rule in TOGETHER if sound else ():
        if rule.breaks(options):
            yield re.sub(r"\{([a-z-]+)\}", lambda m: str(options.get(m[1])), rule.says)
