"""A `retain` that does not say for how long.

What an engine remembers of a conversation is then kept until its cache is full, in the place of what other requests
need. `ttl` gives it an end: turns, or a time.

Bad:

    pool all { }
    default {
      to all
      retain { share 30% }
    # ^^^^^^ WRP510
    }

Good:

    pool all { }
    default {
      to all
      retain { ttl 3  share 30% }
    }

To repair, give it a `ttl`.
"""

from __future__ import annotations

from wrpc.analysis.check import Found, subject
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Policy

CODE = Code("WRP510", "endless-retention", "warning", __doc__ or "")


def check(policy: Policy) -> Found:
    for route in policy.answering:
        retain = route.action.retain
        if retain is not None and retain.ttl is None:
            yield finding(
                CODE,
                f"{subject(route, policy)} retains the conversation without an end",
                retain.span or route.span,
                subjects=(subject(route, policy),),
                help="give it a `ttl`, such as `ttl 3` for three more turns",
            )
