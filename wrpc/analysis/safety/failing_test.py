"""A `test` block whose request gets another decision than the test expects.

Bad:

    pool own { }
    pool cloud { }
    default { to own  fallback cloud }
    test "everything goes to the cloud" { given { } expect { pool cloud } }
    #    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ WRP408

Good:

    pool own { }
    pool cloud { }
    default { to own  fallback cloud }
    test "everything stays home" { given { } expect { pool own } }

To repair, change the test, or the rule that it found wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.decide import Decision

CODE = Code("WRP408", "failing-test", "error", __doc__ or "")


def check(policy: Policy) -> Found:
    if not policy.tests:
        return
    from wrpc.decide import BadRequest, Conflict, decide  # `lint` starts sooner without

    for test in policy.tests:
        try:
            decision = decide(policy, test.given)
        except (BadRequest, Conflict) as error:
            yield finding(CODE, f"test `{test.title}` has no decision: {error.message}", test.span)
            continue
        wrong = list(unmet(decision, test.expect))
        if wrong:
            yield finding(
                CODE,
                f"test `{test.title}`: " + "; ".join(wrong),
                test.span,
                help=f"the decision: {_words(decision)}",
            )


def unmet(decision: Decision, expect: object) -> Iterator[str]:
    """Each expectation that the decision does not meet, as a sentence."""
    assert isinstance(expect, dict), "a resolved test expects by name"
    pools = list(decision.pools)
    primaries = [d.pool for d in decision.destinations if d.role == "primary"]
    fallbacks = [d.pool for d in decision.destinations if d.role == "fallback"]
    found: dict[str, object] = {
        "pool": primaries, "pools": sorted(pools), "never_pool": pools, "fallback": fallbacks,
        "route": decision.route or "none", "action": decision.action, "denied": decision.action == "deny",
        "served": bool(pools), "routed": decision.route is not None, "reason": decision.reason,
        "obligation": list(decision.obligations), "obligations": list(decision.obligations),
    }  # fmt: skip
    for name, wanted in expect.items():
        have = found[name]
        wanted_list = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
        match name:
            case "pool" | "fallback" | "obligation":
                met = isinstance(have, list) and all(w in have for w in wanted_list)
            case "never_pool":
                met = not any(w in pools for w in wanted_list)
            case "pools" | "obligations":
                met = sorted(map(str, wanted_list)) == have
            case _:
                met = have == wanted
        if not met:
            yield f"expects {name} {_show(wanted)}, found {_show(have)}"


def _show(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"`{v}`" for v in value) or "none"
    return f"`{value}`"


def _words(decision: Decision) -> str:
    where = ", ".join(decision.pools) or (decision.reason or "nowhere")
    return f"{decision.action} by {decision.route or decision.by or 'nothing'}: {where}"
