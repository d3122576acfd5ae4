"""Codes of names: unknown, declared twice, reserved, misplaced, ambiguous."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
UNKNOWN_NAME = Code("WRP101", "unknown-name", "error", """\
A name that is not declared.

A condition on a name that does not exist could never hold, and a route to a pool that does not exist would serve no
request. wrpc does not guess the name; the help lists the nearest ones.

Bad:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short {
      when tokns < 8k
    #      ^^^^^ WRP101
      to smal
    #    ^^^^ WRP101
    }

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short {
      when tokens < 8k
      to small
    }

How to repair: correct the spelling, or declare the name. A name declared in one file is known in all files of the
policy.
""")

DUPLICATE_NAME = Code("WRP102", "duplicate-name", "error", """\
A name that is declared twice.

A name stands for one thing across all files. Each kind of declaration has its own names, so that a route and a signal
may both be called `review`; signals, scores, bands and lets share theirs, since an expression can read each of them.

Bad:

    pool small {}
    pool small {}
    #    ^^^^^ WRP102

Good:

    pool small {}
    pool large {}

How to repair: rename one, delete one, or make the second an `override`.
""")

RESERVED_WORD = Code("WRP103", "reserved-word", "error", """\
A name that is a word of the language.

`default`, `none`, `any`, `and`, `or`, `not`, `in`, `when`, `true` and `false` have a meaning wherever a name is
allowed, even in backticks.

Bad:

    signal none: bool { source has_tools }
    #      ^^^^ WRP103

Good:

    signal no_tools: bool { source has_tools }

How to repair: choose another name.
""")

MISPLACED_NAME = Code("WRP104", "misplaced-name", "error", """\
A name that cannot be used here.

`destination` is known once a route has been chosen: the conditions of guards (`forbid`, `require`) and claims read it,
those of routes and of `deny` cannot. `route`, `routed`, `denied`, `served` and `cost` describe the decision, and only
claims can read them. A rule of `place` can read `pool` and `site`.

Bad:

    pool small { trust "own" }
    guard ours { deny "no" when destination.trust == "own" }
    #                           ^^^^^^^^^^^^^^^^^ WRP104

Good:

    pool small { trust "own" }
    guard ours { forbid destination.trust == "own" }

How to repair: say it in a guard's `forbid`, or claim it in an `assert`.
""")

AMBIGUOUS_NAME = Code("WRP105", "ambiguous-name", "error", """\
A word of claims that is also the name of a signal.

In a claim `cost` is what the decision costs. With a signal of that name the reader cannot know which is meant.

Bad:

    signal cost: int(0..10) { source header("x-cost") }
    assert cheap { always cost < 5 }
    #                     ^^^^ WRP105

Good:

    signal cost: int(0..10) { source header("x-cost") }
    let asked_cost = cost
    assert cheap { always asked_cost < 5 }

How to repair: rename the signal, or give it a second name with `let`.
""")

UNKNOWN_WORD = Code("WRP106", "unknown-choice", "error", """\
A word that is not one of the choices allowed here.

Types, sources, roles, causes of a fallback, ways to select: each has a fixed list of words, and a misspelt word would
have no effect.

Bad:

    pool small {}
    pool large {}
    route all {
      to small
      fallback large on timeuot
    #                   ^^^^^^^ WRP106
    }

Good:

    pool small {}
    pool large {}
    route all {
      to small
      fallback large on timeout
    }

How to repair: take one of the words that the help names.
""")

QUOTES = Code("WRP107", "name-or-string", "error", """\
A string where a name belongs, or a name where a string belongs.

Text in double quotes is always a string, never a name. The members of an enum, routes and pools are names; the values
of a header and what pools say of their region or trust are strings.

Bad:

    signal tenant: string { source header("x-tenant") }
    pool small {}
    route blue {
      when tenant == blue
    #                ^^^^ WRP107
      to small
    }

Good:

    signal tenant: string { source header("x-tenant") }
    pool small {}
    route blue {
      when tenant == "blue"
      to small
    }

How to repair: the finding carries the fix.
""")

UNFAMILIAR_WORD = Code("WRP118", "unfamiliar-word", "warning", """\
A word that wrpc does not know, in a place where it knows the usual ones.

Engines, GPUs, providers, tiers of a KV cache, distributions of lengths and what a guard requires can have any name. But
most unknown words are typing mistakes, and whatever reads them (a target, a rule, a gateway) finds no match.

Bad:

    pool own { engine vlllm  gpu h100 }
    #                 ^^^^^ WRP118
    default { to own }

Good:

    pool own { engine vllm  gpu h100 }
    default { to own }

How to repair: correct the word. If it is intended, nothing needs to change.
""")

UNKNOWN_TARGET_SETTING = Code("WRP119", "unknown-target-setting", "error", """\
A setting in a `target` block that its target does not know.

It would have no effect. `wrpc targets NAME` lists the settings of a target.

Bad:

    pool own { endpoint "127.0.0.1:9001" }
    default { to own }
    target envoy { listn "127.0.0.1:8080" }
    #              ^^^^^ WRP119

Good:

    pool own { endpoint "127.0.0.1:9001" }
    default { to own }
    target envoy { listen "127.0.0.1:8080" }

How to repair: correct the name.
""")

MIXED_LABEL = Code("WRP148", "mixed-label", "error", """\
A label that is a number on one pool and a word on another, or a number of another dimension.

A condition compares a label with numbers or with words, and means the same for every pool.

Bad:

    pool own { labels { rating 5 } }
    pool cloud { labels { rating high } }
    #                            ^^^^ WRP148
    default { to own fallback cloud }

Good:

    pool own { labels { rating 5 } }
    pool cloud { labels { rating 8 } }
    default { to own fallback cloud }

How to repair: write a number wherever the label is given, or a word; two things need two labels.
""")

UNREAD_LABEL = Code("WRP149", "unread-label", "warning", """\
A label of a pool with the name of an attribute that destinations have by themselves.

`destination.region` is the pool's region, whatever a label of that name says: no rule can read the label.

Bad:

    pool own { labels { region "eu" } }
    #                   ^^^^^^ WRP149
    default { to own }

Good:

    pool own { region "eu" }
    default { to own }

How to repair: set the attribute of the pool, or give the label another name.
""")
