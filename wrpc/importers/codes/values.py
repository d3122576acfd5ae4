"""Names, types and values: the 15x codes."""

from __future__ import annotations

from wrpc.diagnostics import Code

UNKNOWN_KEY = Code(
    "WRP150",
    "unknown-key",
    "error",
    """\
A key that the program does not know.

A misspelt key has no effect: `treshold: 0.85` leaves the threshold at 0, and the signal fires for everything.

Bad:

    version: v0.3
    routing:
      signals:
        safety: [{name: unsafe, treshold: 0.5}]
      decisions:
        - {name: a, priority: 1, rules: {type: safety, name: unsafe}}

How to repair: take the spelling that the finding proposes, or delete the key.
""",
)

DANGLING = Code(
    "WRP151",
    "dangling-reference",
    "error",
    """\
A name that the file does not declare.

A condition on a signal that does not exist never holds, and a model that is not declared serves nothing.

Bad:

    version: v0.3
    routing:
      decisions:
        - {name: a, priority: 1, rules: {type: keyword, name: urgent}}

How to repair: declare it, or take the name that the finding proposes.
""",
)

WRONG_TYPE = Code(
    "WRP152",
    "wrong-value-type",
    "error",
    """\
A value of another type than its key takes: text where a number is expected, one value where a list is.

Bad:

    version: v0.3
    routing:
      decisions:
        - {name: a, priority: high}

How to repair: write a value of the type that the finding names.
""",
)

OUT_OF_RANGE = Code(
    "WRP153",
    "value-out-of-range",
    "error",
    """\
A number outside the range that its key takes: a threshold above 1, a negative weight, a negative tier.

Bad:

    version: v0.3
    routing:
      signals:
        pii: [{name: personal, threshold: 85}]
      decisions:
        - {name: a, priority: 1, rules: {type: pii, name: personal}}

How to repair: write a number within the range; thresholds are shares of 1, not percent.
""",
)

DUPLICATE_NAME = Code(
    "WRP154",
    "duplicate-import-name",
    "error",
    """\
Two entries of one kind with the same name.

Which of them a condition means depends on the program that reads it. wrpc takes the first.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}, {name: en, description: English}]
      decisions:
        - {name: a, priority: 1, rules: {type: language, name: en}}

How to repair: rename one.
""",
)

BAD_PATTERN = Code(
    "WRP155",
    "bad-pattern",
    "error",
    """\
A regular expression that does not compile.

The signal would never fire, or the program would not start.

Bad:

    version: v0.3
    routing:
      signals:
        keywords: [{name: asks, operator: OR, method: regex, keywords: ["why("]}]
      decisions:
        - {name: a, priority: 1, rules: {type: keyword, name: asks}}

How to repair: correct the expression; the engine is RE2, which has no look-ahead or look-behind.
""",
)

UNKNOWN_WORD = Code(
    "WRP156",
    "unknown-word",
    "error",
    """\
A word that its key does not take: an operator other than AND, OR and NOT, or a method that does not exist.

Programs silently read such a word as their default: `XAND` as OR.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}, {name: de, description: German}]
      decisions:
        - name: a
          priority: 1
          rules: {operator: XAND, conditions: [{type: language, name: en}, {type: language, name: de}]}

How to repair: take one of the words that the finding lists.
""",
)

MISSING_KEY = Code(
    "WRP157",
    "missing-key",
    "error",
    """\
A required key that is missing.

Without it the value is zero: a signal without a threshold fires for everything.

Bad:

    version: v0.3
    routing:
      signals:
        pii: [{name: personal}]
      decisions:
        - {name: a, priority: 1, rules: {type: pii, name: personal}}

How to repair: write it, with the value that you mean.
""",
)

OLDER_KEY = Code(
    "WRP158",
    "older-key",
    "info",
    """\
A key of an older layout.

It is read as the key that replaced it, and `wrpc compile` writes that one. A key without a replacement is left out.

Bad:

    version: v0.3
    providers:
      defaults: {default_model: small}
      models: [{name: small}]
    routing:
      decisions:
        - {name: a, priority: 1, modelRefs: [{model: small}]}

How to repair: `vllm-sr config migrate` rewrites the file; so does importing and compiling it.
""",
)

BAD_SHAPE = Code(
    "WRP159",
    "bad-rule-shape",
    "error",
    """\
A node of a rule that is neither a condition on one signal nor an operator over several.

A `NOT` has exactly one condition; an operator inside a rule has at least one; a node has a `type` or an `operator`, not
both; `on_unknown` belongs at the root.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}, {name: de, description: German}]
      decisions:
        - name: a
          priority: 1
          rules: {operator: NOT, conditions: [{type: language, name: en}, {type: language, name: de}]}

How to repair: nest the conditions below operators of their own.
""",
)

CYCLE = Code(
    "WRP160",
    "score-cycle",
    "error",
    """\
Scores that are defined in terms of each other.

Bad:

    version: v0.3
    routing:
      projections:
        scores:
          - {name: up, method: weighted_sum, inputs: [{type: projection, name: up, weight: 1}]}
        mappings:
          - {name: band, source: up, method: threshold_bands, outputs: [{name: high, gte: 0}]}
      decisions:
        - {name: a, priority: 1, rules: {type: projection, name: high}}

How to repair: define one of them from signals alone.
""",
)
