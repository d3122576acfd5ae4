"""Codes of expressions: operands, scores, products, lists, cycles."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
WRONG_OPERAND = Code("WRP120", "wrong-operand", "error", """\
A part of an expression that has the wrong type for its place.

A condition is true or false, a number is compared, an enum has one of its names, a set contains members.

Bad:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short { when tokens  to small }
    #                  ^^^^^^ WRP120

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short { when tokens < 8k  to small }

How to repair: the help shows how a value of this type is used.
""")

BARE_SCORE_COMPARED = Code("WRP121", "bare-score-compared", "error", """\
A bare score that is compared with a number.

The bare name of a score is the condition that it fires. `confidence(x)` is its number where it fires and 0 where not;
`raw(x)` is its number in any case.

Bad:

    signal pii: score { source classifier("pii")  threshold 0.5 }
    pool small {}
    route private { when pii > 0.9  to small }
    #                    ^^^ WRP121

Good:

    signal pii: score { source classifier("pii")  threshold 0.5 }
    pool small {}
    route private { when confidence(pii) > 0.9  to small }

How to repair: say which number is meant.
""")

SCORE_WITHOUT_THRESHOLD = Code("WRP122", "score-without-threshold", "error", """\
A score that is used as a condition, but does not say when it fires.

Without `threshold` or `above`, a score is a number, not a condition.

Bad:

    signal pii: score { source classifier("pii") }
    pool small {}
    route private { when pii  to small }
    #                    ^^^ WRP122

Good:

    signal pii: score { source classifier("pii") }
    pool small {}
    route private { when raw(pii) >= 0.85  to small }

How to repair: give the signal a threshold, or read its number with `raw`.
""")

COMPARED_WITH_TRUE = Code("WRP123", "compared-with-true", "error", """\
A condition that is compared with `true` or `false`.

A condition stands by itself, or after `not`.

Bad:

    signal has_tools: bool { source has_tools }
    pool small {}
    route tools { when has_tools == true  to small }
    #                  ^^^^^^^^^^^^^^^^^ WRP123

Good:

    signal has_tools: bool { source has_tools }
    pool small {}
    route tools { when has_tools  to small }

How to repair: the finding carries the fix.
""")

PRODUCT_OF_VARIABLES = Code("WRP124", "product-of-variables", "error", """\
A product of two numbers that both depend on the request.

Scores are linear, so that every claim about them can be decided. One side of `*` must be a constant.

Bad:

    signal tokens: int(0..1M) { source prompt_tokens }
    signal turns: int(0..100) { source turns }
    score load = tokens * turns
    #            ^^^^^^^^^^^^^^ WRP124

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    signal turns: int(0..100) { source turns }
    score load = 0.5 * tokens + 2 * turns

How to repair: use a weighted sum, or conditions on each.
""")

EMPTY_LIST = Code("WRP125", "empty-list", "error", """\
An empty list after `in`.

The condition could never hold.

Bad:

    signal domain: one_of(math, law) { source classifier("mmlu") }
    pool small {}
    route some { when domain in []  to small }
    #                           ^^ WRP125

Good:

    signal domain: one_of(math, law) { source classifier("mmlu") }
    pool small {}
    route some { when domain in [math]  to small }

How to repair: list the values that it should have.
""")

DEFINITION_CYCLE = Code("WRP126", "definition-cycle", "error", """\
A `let`, `score` or `band` that is defined in terms of itself.

Bad:

    signal has_tools: bool { source has_tools }
    let a = b and has_tools
    #   ^ WRP126
    let b = a

Good:

    signal has_tools: bool { source has_tools }
    let a = has_tools
    let b = a

How to repair: define one of them without the others.
""")

DEEP_DEFINITION = Code("WRP127", "deep-definition", "error", """\
Definitions nested beyond the limit.

A name in an expression counts like a pair of parentheses, and both have one limit. Policies written by hand stay far
below it.

How to repair: split the chain, or write sums and conditions side by side instead of inside each other.
""")

BAD_EXPRESSION = Code("WRP128", "bad-expression", "error", """\
A regular expression that RE2 refuses.

`matches` takes expressions in RE2's syntax and matches the whole string. Gateways read such an expression in time that
grows with the string alone, so there are no backreferences, no looks ahead or behind and no possessive repetitions.
What differs between versions of RE2 is refused as well: classes of Unicode's properties (`\\pL`), and `(?i)` over
letters beyond ASCII.

Bad:

    signal tenant: string { source header("x-tenant") }
    pool small {}
    route eu { when matches(tenant, "(?=eu).*")  to small }
    #                                ^^^ WRP128

Good:

    signal tenant: string { source header("x-tenant") }
    pool small {}
    route eu { when matches(tenant, "eu.*")  to small }

How to repair: say what the string is. Two expressions are joined by `and`, and `not` denies one.
""")

LARGE_EXPRESSION = Code("WRP129", "large-expression", "error", """\
A regular expression that is too large.

Repetitions are written out before a string is matched, and what they come to is limited; so is how deep groups stand in
each other.

Bad:

    signal tenant: string { source header("x-tenant") }
    pool small {}
    route eu { when matches(tenant, "(ab.*cd.*ef.*gh.*){900}")  to small }
    #                                ^^^^^^^^^^^^^^^^^^^^^^^ WRP129

Good:

    signal tenant: string { source header("x-tenant") }
    pool small {}
    route eu { when matches(tenant, "(ab.*cd.*ef.*gh.*)+")  to small }

How to repair: repeat less often, or without an end.
""")
