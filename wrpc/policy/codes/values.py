"""Codes of values: attributes, types, units, ranges, arguments."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
UNKNOWN_ATTRIBUTE = Code("WRP110", "unknown-attribute", "error", """\
An attribute that its block does not have.

A misspelt attribute would have no effect. Attributes of your own go into `labels { … }`.

Bad:

    pool small {
      contxt 8k
    # ^^^^^^ WRP110
    }

Good:

    pool small {
      context 8k
      labels { team red }
    }

How to repair: take the spelling that the help proposes, or move it to `labels`.
""")

DUPLICATE_ATTRIBUTE = Code("WRP111", "duplicate-attribute", "error", """\
An attribute, or another part of a block, that is written twice.

Only one of the two could apply, and a reader could not know which.

Bad:

    pool small {
      context 8k
      context 16k
    # ^^^^^^^ WRP111
    }

Good:

    pool small { context 8k }

How to repair: delete one.
""")

WRONG_TYPE = Code("WRP112", "wrong-type", "error", """\
A value of the wrong type for its attribute.

Bad:

    pool small { context "8k" }
    #                    ^^^^ WRP112

Good:

    pool small { context 8k }

How to repair: write the value as the help shows it.
""")

UNIT_MISMATCH = Code("WRP113", "unit-mismatch", "error", """\
Values of different dimensions used together: a time compared with bytes, a rate without its time.

Numbers carry units, and mixing dimensions is an error. A bare `0` is a plain number: a time of zero is `0s`.

Bad:

    pool small { kv_cache { size 8k } }
    #                            ^^ WRP113

Good:

    pool small { kv_cache { size 8KiB } }

How to repair: write the unit that the help shows.
""")

UNKNOWN_UNIT = Code("WRP114", "unknown-unit", "error", """\
A unit that the language does not have.

Units are `k M G Ki Mi Gi %`, `ms s min h d`, `B KiB MiB GiB TiB`, `W kW MW` and `USD`, with `/s /min /h /d /Mtok /req`
behind them.

Good:

    pool small { kv_cache { size 8KiB } }

How to repair: write the number in one of these.
""")

OUT_OF_RANGE = Code("WRP115", "out-of-range", "error", """\
A number outside the range that is allowed here.

A threshold that the score never reaches, a share above 1, a negative weight, a range upside down.

Bad:

    signal pii: score { source classifier("pii")  threshold 1.5 }
    #                                                       ^^^ WRP115
    pool small {}
    route private { when pii  to small }

Good:

    signal pii: score { source classifier("pii")  threshold 0.85 }
    pool small {}
    route private { when pii  to small }

How to repair: write a number in the range that the message names.
""")

WRONG_ARGUMENTS = Code("WRP116", "wrong-arguments", "error", """\
Too many, too few or the wrong arguments in parentheses.

Bad:

    signal tokens: int { source prompt_tokens }
    #              ^^^ WRP116
    pool small {}
    route short { when tokens < 8k  to small }

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short { when tokens < 8k  to small }

How to repair: write it as the help shows.
""")

BAD_PATTERN = Code("WRP117", "bad-regex", "error", """\
A `pattern` that is not a regular expression.

The signal would never fire, or the program that reads it would not start.

Bad:

    signal secret: bool { source pattern("key-[0-9") }
    #                                    ^^^^^^^^^^ WRP117
    pool small {}
    route careful { when secret  to small }

Good:

    signal secret: bool { source pattern("key-[0-9]+") }
    pool small {}
    route careful { when secret  to small }

How to repair: close what is open; a backslash in a string is written twice.
""")
