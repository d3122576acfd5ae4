"""Bands, conflicts and coverage, and what has no place in a policy: the 25x, 35x and 85x codes."""

from __future__ import annotations

from wrpc.diagnostics import Code

MAPPING_GAP = Code(
    "WRP250",
    "mapping-gap",
    "warning",
    """\
A gap between two outputs of a mapping: values of the score that no output covers.

For those requests no output fires, and no rule that reads the mapping holds.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}]
      projections:
        scores:
          - {name: english, method: weighted_sum, inputs: [{type: language, name: en, weight: 1}]}
        mappings:
          - name: band
            source: english
            method: threshold_bands
            outputs: [{name: low, lt: 0.3}, {name: high, gte: 0.5}]
      decisions:
        - name: a
          priority: 1
          rules: {operator: OR, conditions: [{type: projection, name: low}, {type: projection, name: high}]}

How to repair: let the upper output begin where the lower one ends.
""",
)

MAPPING_OVERLAP = Code(
    "WRP251",
    "mapping-overlap",
    "warning",
    """\
Values of a score that two outputs of a mapping cover.

The first one in the file wins, so the order of the lines decides.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}]
      projections:
        scores:
          - {name: english, method: weighted_sum, inputs: [{type: language, name: en, weight: 1}]}
        mappings:
          - name: band
            source: english
            method: threshold_bands
            outputs: [{name: low, lt: 0.6}, {name: high, gte: 0.5}]
      decisions:
        - name: a
          priority: 1
          rules: {operator: OR, conditions: [{type: projection, name: low}, {type: projection, name: high}]}

How to repair: let the upper output begin where the lower one ends, or say `multi_emit` if both are meant to fire.
""",
)

UNREACHABLE_OUTPUT = Code(
    "WRP252",
    "unreachable-output",
    "error",
    """\
An output of a mapping that never fires.

Its range is empty, earlier outputs cover all of it, or it is beyond every value that the score can have. Conditions on
it never hold.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}]
      projections:
        scores:
          - {name: english, method: weighted_sum, inputs: [{type: language, name: en, weight: 1}]}
        mappings:
          - name: band
            source: english
            method: threshold_bands
            outputs: [{name: low, lte: 1}, {name: high, gt: 1}]
      decisions:
        - name: a
          priority: 1
          rules: {operator: OR, conditions: [{type: projection, name: low}, {type: projection, name: high}]}

How to repair: move its bound into the range of the score, or delete it.
""",
)

EMPTY_RANGE = Code(
    "WRP253",
    "empty-range",
    "error",
    """\
A range whose lower bound is above its upper one.

No request is in it, so the signal never fires.

Bad:

    version: v0.3
    routing:
      signals:
        context: [{name: long, min_tokens: 8K, max_tokens: 2K}]
      decisions:
        - {name: a, priority: 1, rules: {type: context, name: long}}

How to repair: swap the two bounds.
""",
)

SAME_RULES = Code(
    "WRP254",
    "same-rules",
    "warning",
    """\
Two decisions with the same rules.

Only one of them ever answers; the other is never reached, or was meant to have another condition.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}]
      decisions:
        - {name: a, priority: 2, rules: {type: language, name: en}}
        - {name: b, priority: 1, rules: {type: language, name: en}}

How to repair: delete one, or write the condition that tells them apart.
""",
)

WITHOUT_TIER = Code(
    "WRP255",
    "decision-without-tier",
    "warning",
    """\
A decision without a tier, in a file whose other decisions have one.

The router treats it as tier 0, ahead of tier 1: it goes before the decisions that were meant to be first, safety rules
included.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}, {name: de, description: German}]
      decisions:
        - {name: a, priority: 1, tier: 1, rules: {type: language, name: en}}
        - {name: b, priority: 1, rules: {type: language, name: de}}

How to repair: give it the tier that it belongs to.
""",
)

CONTRADICTING = Code(
    "WRP280",
    "contradicting-settings",
    "error",
    """\
Settings that contradict each other, or of which the program uses only one.

The program's command line refuses the file, or the program uses one of the two and ignores the other.

Bad:

    version: v0.3
    providers:
      models: [{name: small, reasoning: {family: qwen3}, backend_refs: [{endpoint: "a:1"}]}]
    routing:
      modelCards: [{name: small}]
      decisions:
        - {name: a, priority: 1, modelRefs: [{model: small, use_reasoning: false, reasoning_effort: high}]}

How to repair: keep the one that is meant.
""",
)

DROPPED = Code(
    "WRP281",
    "dropped-setting",
    "warning",
    """\
A setting that the program reads but ignores, or passes on unchecked.

`use_reasoning: true` on a model without a reasoning family changes no request; an unknown effort is sent to the model
as it was written.

Bad:

    version: v0.3
    providers:
      models: [{name: small, backend_refs: [{endpoint: "a:1"}]}]
    routing:
      modelCards: [{name: small}]
      decisions:
        - {name: a, priority: 1, modelRefs: [{model: small, use_reasoning: true}]}

How to repair: give the model what the setting needs (a `reasoning` with its `family`), or delete the setting.
""",
)

NO_OPERATOR = Code(
    "WRP282",
    "operator-omitted",
    "warning",
    """\
Conditions of a rule without an `operator`.

The router reads them as AND: all of them have to hold.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}, {name: de, description: German}]
      decisions:
        - {name: a, priority: 1, rules: {conditions: [{type: language, name: en}, {type: language, name: de}]}}

How to repair: write `operator: AND`, or `operator: OR` if one of them is enough.
""",
)

BUILT_IN = Code(
    "WRP283",
    "built-in-domain",
    "info",
    """\
A condition on a domain that the file does not declare.

In a file without `signals.domains` the router has domains of its own, the fourteen of its classifier: biology,
business, chemistry, computer science, economics, engineering, health, history, law, math, other, philosophy, physics,
psychology. Once the file declares one, only the declared ones are there.

Bad:

    version: v0.3
    routing:
      decisions:
        - {name: a, priority: 1, rules: {type: domain, name: law}}

How to repair: nothing needs repair; `signals.domains` sets them explicitly.
""",
)

REFUSED = Code(
    "WRP284",
    "refused-definition",
    "error",
    """\
A definition that the program refuses: too few labels, a name with a colon, a list with the same entry twice.

Each value is allowed by itself, but not together with the others. The program does not start.

Bad:

    version: v0.3
    routing:
      signals:
        embeddings: [{name: e, threshold: 0.7}]
      decisions:
        - {name: a, priority: 1, rules: {type: embedding, name: e}}

How to repair: write what the finding names.
""",
)

RANKED_OTHERWISE = Code(
    "WRP285",
    "ranked-otherwise",
    "warning",
    """\
Decisions that the stated release ranks in a way that a policy cannot say.

Before 0.4 the router asks first, inside a tier or with `strategy: confidence`, which decision has the higher
confidence: the mean over all conditions of an AND, the greatest of an OR, where a keyword counts 1. A policy compares
confidences only where each of two decisions rests on one measured signal.

Bad:

    version: v0.3
    providers: {defaults: {default_model: small}, models: [{name: small, backend_refs: [{endpoint: "a:1"}]}]}
    routing:
      modelCards: [{name: small}]
      signals:
        keywords: [{name: urgent, operator: OR, keywords: [now]}]
        jailbreak: [{name: attack, threshold: 0.8}]
      decisions:
        - {name: a, priority: 1, tier: 1, rules: {type: keyword, name: urgent}, modelRefs: [{model: small}]}
        - {name: b, priority: 2, tier: 1, rules: {type: jailbreak, name: attack}, modelRefs: [{model: small}]}

How to repair: give the decisions tiers of their own, so that no confidence decides.
""",
)

UNREAD_SIGNAL = Code(
    "WRP350",
    "unread-signal",
    "warning",
    """\
A signal, score or mapping that no decision reads, directly or through a score.

It is computed and has no effect. Often a condition on it was lost.

Bad:

    version: v0.3
    routing:
      signals:
        language: [{name: en, description: English}]
      decisions:
        - {name: a, priority: 1}

How to repair: write the condition that is missing, or delete the signal.
""",
)

NO_MODELS = Code(
    "WRP351",
    "decision-without-models",
    "warning",
    """\
A decision that names no model, in a file that declares models.

The router then uses its default model; without one it may use any. A decision that was meant to block requests sends
them to the default model instead.

Bad:

    version: v0.3
    providers:
      defaults: {model: small}
      models:
        - {name: small, backend_refs: [{endpoint: "a:1"}]}
        - {name: large, backend_refs: [{endpoint: "b:1"}]}
    routing:
      modelCards: [{name: small}, {name: large}]
      decisions:
        - {name: blocked, priority: 9, rules: {type: domain, name: law}, modelRefs: []}
        - {name: a, priority: 1, modelRefs: [{model: large}]}

How to repair: name the models that may answer, or refuse with a `fast_response` plugin.
""",
)

NOT_IMPORTED = Code(
    "WRP851",
    "not-imported",
    "warning",
    """\
A part of the configuration that the policy language cannot express.

The imported policy does not contain it, and neither do the files that are compiled from it. It is a note instead of a
warning where it does not affect which model answers a request.

Bad:

    version: v0.3
    providers:
      models: [{name: small, backend_refs: [{endpoint: "a:1"}, {endpoint: "b:1"}]}]
    routing:
      decisions:
        - {name: a, priority: 1, modelRefs: [{model: small}]}

How to repair: keep the original file for it, or do without.
""",
)
