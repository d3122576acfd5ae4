"""Codes of blocks: parts that are missing, contradict each other or stand in the wrong place."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
MISSING_PART = Code("WRP130", "missing-part", "error", """\
A declaration that lacks a required part: a route without an action, a guard without a rule.

Bad:

    route all { tier 1 }
    #     ^^^ WRP130

Good:

    pool small {}
    route all { tier 1  to small }

How to repair: say what it does, or delete it.
""")

CONTRADICTING_PARTS = Code("WRP131", "contradicting-parts", "error", """\
Two parts of one block that cannot both hold.

A route has one action: `to`, `cascade` or `deny`. A denial has no fallback. A score has a `threshold` or `above`.

Bad:

    pool small {}
    route all { to small  deny "closed" }
    #                     ^^^^^^^^^^^^^ WRP131

Good:

    route all { deny "closed" }

How to repair: keep one.
""")

MISPLACED_OTHERS = Code("WRP136", "misplaced-others", "error", """\
A `fallback others` that has no others, or is in the wrong place.

With `fallback others`, when one main destination of a route fails, the others are tried. So the route needs at least
two of them, and neither `to any` nor a cascade. The others are tried before any other pool, so it is the first
fallback, alone in its clause, and there is only one.

Bad:

    pool east {}
    pool west {}
    default { to east  fallback others on timeout  fallback west }
    #                           ^^^^^^ WRP136

Good:

    pool east {}
    pool west {}
    default { to east, west  fallback others on timeout }

How to repair: name the other pool after `to`, or as a fallback by its own name.
""")

STEPS_OUT_OF_ORDER = Code("WRP190", "steps-out-of-order", "error", """\
Steps behind a budget or limit that are in no order.

Each step begins at a multiple of the budget: from `100%`, each one above the one before, and a `deny` is the last. Only
a single step may leave out its `at`, which is then 100%.

Bad:

    pool main {}
    pool cheap {}
    default {
      to main
      budget 20k/min then at 150% cheap, at 120% tools none
    #                                       ^^^^ WRP190
    }

Good:

    pool main {}
    pool cheap {}
    default {
      to main
      budget 20k/min then at 120% tools none, at 150% cheap
    }

How to repair: put the steps in the order in which they begin.
""")

PARTIAL_WEIGHTS = Code("WRP132", "partial-weights", "error", """\
A route where some destinations have a weight and others have none.

Either every destination has a weight or none has, for equal shares.

Bad:

    pool small {}
    pool large {}
    route all { to small weight 90, large }
    #                               ^^^^^ WRP132

Good:

    pool small {}
    pool large {}
    route all { to small weight 90, large weight 10 }

How to repair: give the rest a weight.
""")

MISPLACED_PART = Code("WRP133", "misplaced-part", "error", """\
A part that its block cannot have.

Bad:

    signal tokens: int(0..1M) {
      source prompt_tokens
      threshold 0.5
    # ^^^^^^^^^ WRP133
    }
    pool small {}
    route short { when tokens < 8k  to small }

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short { when tokens < 8k  to small }

How to repair: delete it, or move it to where it belongs.
""")

GROUP_MEMBERSHIP = Code("WRP134", "group-membership", "error", """\
An exclusive group with members that it cannot have.

A group has two or more members that can fire. Each of them belongs to only one group, and the default is one of them.

Bad:

    signal a: bool { source has_tools }
    signal b: bool { source stream }
    group g exclusive { a, b } default c
    #                                  ^ WRP134

Good:

    signal a: bool { source has_tools }
    signal b: bool { source stream }
    group g exclusive { a, b } default b

How to repair: name members that are signals of type `bool`, or scores with a threshold.
""")

USELESS_ON_ERROR = Code("WRP135", "useless-on-error", "warning", """\
An `on_error` of a signal that cannot fail.

What is computed from the request itself is always known.

Bad:

    signal has_tools: bool { source has_tools  on_error fires }
    #                                          ^^^^^^^^ WRP135
    pool small {}
    route tools { when has_tools  to small }

Good:

    signal has_tools: bool { source has_tools }
    pool small {}
    route tools { when has_tools  to small }

How to repair: delete it.
""")

INCOMPLETE_WAIVER = Code("WRP146", "incomplete-waiver", "error", """\
A waiver of a guard or claim that lacks its owner, its last day or its reason, or waives what cannot be waived.

What a guard or claim fails to keep is never ignored by a comment. Somebody accepts it, until a day, for a reason.

Bad:

    pool own { trust "own" }
    pool cloud { trust "cloud" }
    default { to own, cloud }
    assert stays { never destination.trust == "cloud"  waive { WRP401 { reason "until the move" } } }
    #                                                          ^^^^^^ WRP146

Good:

    pool own { trust "own" }
    pool cloud { trust "cloud" }
    default { to own, cloud }
    assert stays {
      never destination.trust == "cloud"
      waive { WRP401 { owner "platform team"  until "2026-12-31"  reason "until the move" } }
    }

How to repair: write all three. WRP404 and WRP408 cannot be waived, and an override waives nothing of a sealed guard.
""")
