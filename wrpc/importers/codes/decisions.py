"""Bands, conflicts and coverage, and what has no place in a policy: the 25x, 35x and 85x codes."""

from __future__ import annotations

from wrpc.diagnostics import Code

MAPPING_GAP = Code(
    "WRP250",
    "mapping-gap",
    "warning",
    """\
Values of a score between two outputs of a mapping that no output takes.

For those requests no output fires, and every rule over the mapping is silent.

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
Values of a score that two outputs of a mapping take.

The first in the file wins, so that the order of lines decides.

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

Its range is empty, the outputs before it take all of it, or it lies beyond every value that the score can have.
Whatever asks for it waits for ever.

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

How to repair: move its bound to where the score goes, or delete it.
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

How to repair: exchange the two bounds.
""",
)

SAME_RULES = Code(
    "WRP254",
    "same-rules",
    "warning",
    """\
Two decisions with the same rules.

Only one of them can ever answer; the other is dead, or it differs by accident.

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

The router takes it for tier 0, which goes before tier 1: it overtakes what was meant to go first, safety rules too.

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
Settings beside each other of which the program takes only one, or which do not go together.

The command line of the program refuses the file, or one of the two holds and the other is read by nobody.

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
A setting that the program reads and then does nothing with, or passes on as it is.

`use_reasoning: true` on a model without a reasoning family changes no request; an effort that nobody knows reaches the
model as it was written.

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

How to repair: nothing has to be repaired; `signals.domains` says it outright.
""",
)

REFUSED = Code(
    "WRP284",
    "refused-definition",
    "error",
    """\
A definition that the program refuses: too few labels, a name with a colon, a list with the same entry twice.

Each of its values is right by itself, and together they make nothing that can run. The program does not start.

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

Before 0.4 the router asks first, inside a tier or with `strategy: confidence`, which decision is surer: the mean over
all conditions of an AND, the greatest of an OR, where a keyword counts 1. A policy compares confidences only where each
of two decisions rests on one measured signal.

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

It costs a computation and guards nothing. Often a condition on it was lost.

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

The router then takes its default model; without one it may take any. A decision that is meant to block answers: what it
catches goes to the default model.

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
Something that the policy language has no place for.

The policy that is written does not have it, and neither has what is compiled from the policy. A note instead of a
warning: it has no part in who answers a request.

Bad:

    version: v0.3
    providers:
      models: [{name: small, backend_refs: [{endpoint: "a:1"}, {endpoint: "b:1"}]}]
    routing:
      decisions:
        - {name: a, priority: 1, modelRefs: [{model: small}]}

How to repair: keep the original beside the policy for it, or do without.
""",
)
