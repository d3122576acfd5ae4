"""Codes of tables: their signal, their rows, their columns."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
TABLE_OF_WRONG_SIGNAL = Code("WRP108", "table-of-wrong-signal", "error", """\
A table of something that is neither a string nor one of several names.

A row belongs to one value of the signal. A number has too many values, and a set has several at once.

Bad:

    signal tokens: int(0..1M) { source prompt_tokens }
    table size of tokens { otherwise { long false } }
    #             ^^^^^^ WRP108

Good:

    signal tenant: string { source claim("tenant") }
    table plan of tenant {
      acme { limit 100k }
      otherwise { limit 8k }
    }
    pool small {}
    route allowed { when plan.limit > 8k  to small }

How to repair: make the table of a signal of type `string` or `one_of`. Ranges of a number have names in a `band`.
""")

INCOMPLETE_ROW = Code("WRP109", "incomplete-row", "error", """\
A row that leaves out an attribute of the first row.

The attribute would be known for some values of the signal and unknown for others, and no condition says what that
means.

Bad:

    signal tenant: string { source claim("tenant") }
    table plan of tenant {
      acme { tier gold  limit 100k }
      initech { tier silver }
    # ^^^^^^^ WRP109
      otherwise { tier bronze  limit 8k }
    }

Good:

    signal tenant: string { source claim("tenant") }
    table plan of tenant {
      acme { tier gold  limit 100k }
      initech { tier silver  limit 8k }
      otherwise { tier bronze  limit 8k }
    }
    pool small {}
    route large { when plan.tier == gold and plan.limit > 8k  to small }

How to repair: give it in every row.
""")

MISSING_ROW = Code("WRP139", "missing-row", "error", """\
A table that does not say what is known of some value of its signal.

A string may be anything, and so a table of one needs a row `otherwise`. A table of a `one_of` needs it unless every
member has a row.

Bad:

    signal tier: one_of(gold, silver) { source claim("tier") }
    table plan of tier { gold { limit 100k } }
    #     ^^^^ WRP139

Good:

    signal tier: one_of(gold, silver) { source claim("tier") }
    table plan of tier {
      gold { limit 100k }
      silver { limit 8k }
    }
    pool small {}
    route large { when plan.limit > 8k  to small }

How to repair: add the row, or a row `otherwise { … }`.
""")

MIXED_COLUMN = Code("WRP147", "mixed-column", "error", """\
A value in a table that is of another type than its column, or of one that no column has.

The values of one column have one type: words, strings, numbers of one dimension, `true` and `false`, or lists of words.
The first row says which.

Bad:

    signal tenant: string { source claim("tenant") }
    table plan of tenant {
      acme { tier gold }
      otherwise { tier "bronze" }
    #                  ^^^^^^^^ WRP147
    }

Good:

    signal tenant: string { source claim("tenant") }
    table plan of tenant {
      acme { tier gold }
      otherwise { tier bronze }
    }
    pool small {}
    route large { when plan.tier == gold  to small }

How to repair: write it as the first row does.
""")

UNKNOWN_COLUMN = Code("WRP186", "unknown-column", "error", """\
An attribute that no row of the table gives, or a table where one of its columns is meant.

Bad:

    signal tenant: string { source claim("tenant") }
    table plan of tenant {
      acme { limit 100k }
      otherwise { limit 8k }
    }
    pool small {}
    route large { when plan.limti > 8k  to small }
    #                       ^^^^^ WRP186

Good:

    signal tenant: string { source claim("tenant") }
    table plan of tenant {
      acme { limit 100k }
      otherwise { limit 8k }
    }
    pool small {}
    route large { when plan.limit > 8k  to small }

How to repair: correct the name, or give the attribute in every row.
""")

ROW_OF_NOTHING = Code("WRP187", "row-of-nothing", "error", """\
A row for a value that the signal never has.

It would never count. Most often the key is misspelt, and the value that was meant falls to `otherwise`.

Bad:

    signal tier: one_of(gold, silver) { source claim("tier") }
    table plan of tier {
      glod { limit 100k }
    # ^^^^ WRP187
      otherwise { limit 8k }
    }

Good:

    signal tier: one_of(gold, silver) { source claim("tier") }
    table plan of tier {
      gold { limit 100k }
      otherwise { limit 8k }
    }
    pool small {}
    route large { when plan.limit > 8k  to small }

How to repair: correct the key, or add the member to the signal.
""")
