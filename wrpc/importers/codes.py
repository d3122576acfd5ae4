"""Every code that an importer gives. The families are those of the language: 0xx for what cannot be read, 1xx for
names, types and values, 2xx for bands and conflicts, 3xx for coverage, 8xx for what has no place in a policy."""

from __future__ import annotations

from wrpc.diagnostics import Code

UNREADABLE = Code(
    "WRP050",
    "unreadable-yaml",
    "error",
    """\
A file that is no YAML.

It ends too early, its indentation does not fit, or it holds characters that YAML does not have. Nothing of it is
imported.

How to repair: look at the place that the finding names, and at the line before it.
""",
)

DUPLICATE_KEY = Code(
    "WRP051",
    "duplicate-key",
    "error",
    """\
A key that stands twice in one mapping.

Readers of YAML keep one of the two in silence, and not all keep the same one. Here the first is kept.

How to repair: delete one.
""",
)

ALIAS = Code(
    "WRP052",
    "alias-out-of-bounds",
    "error",
    """\
An alias that stands for nothing, for itself, or, with the others, for far too much.

Aliases of aliases can make a few lines stand for billions of values.

How to repair: write out what the alias stands for.
""",
)

KEY = Code(
    "WRP053",
    "key-without-name",
    "error",
    """\
A key that is a list, a mapping, a number or `true`, where a name is expected.

How to repair: put the key in quotes if it is meant as a name.
""",
)

SEVERAL_DOCUMENTS = Code(
    "WRP054",
    "several-documents",
    "error",
    """\
A second YAML document in one file.

A configuration is one document; readers take the first or the last one in silence.

How to repair: delete the line `---` between them, or split the file.
""",
)

TOO_DEEP = Code(
    "WRP055",
    "yaml-too-deep",
    "error",
    """\
Mappings and lists inside each other beyond the limit.

No configuration that people write comes near to it.
""",
)

TOO_LARGE = Code(
    "WRP056",
    "yaml-too-large",
    "error",
    """\
A file beyond the size that an importer reads.
""",
)

NOT_A_CONFIGURATION = Code(
    "WRP057",
    "not-a-configuration",
    "error",
    """\
A file that is YAML, but not the configuration that was asked for.

It is empty, a list or a word, or it has none of the sections that make a policy.

How to repair: name the file's own kind (`wrpc import KIND FILE`), or bring an older layout to today's with the tool
of the program that it belongs to.
""",
)

UNKNOWN_KEY = Code(
    "WRP150",
    "unknown-key",
    "error",
    """\
A key that the program does not know.

A misspelt key is a setting that does not hold: `treshold: 0.85` leaves the threshold at 0, and the signal fires for
everything.

How to repair: take the spelling that the finding proposes, or delete the key.
""",
)

DANGLING = Code(
    "WRP151",
    "dangling-reference",
    "error",
    """\
A name that nothing in the file declares.

A condition on a signal that does not exist never holds, and a model that is not declared serves nothing.

How to repair: declare it, or take the name that the finding proposes.
""",
)

WRONG_TYPE = Code(
    "WRP152",
    "wrong-value-type",
    "error",
    """\
A value of another type than its key takes: text where a number is expected, one value where a list is.
""",
)

OUT_OF_RANGE = Code(
    "WRP153",
    "value-out-of-range",
    "error",
    """\
A number outside the range that its key takes: a threshold above 1, a negative weight, a negative tier.
""",
)

DUPLICATE_NAME = Code(
    "WRP154",
    "duplicate-import-name",
    "error",
    """\
Two entries of one kind with the same name.

Which of them a condition means depends on the program that reads it. Here it is the first.

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
""",
)

UNKNOWN_WORD = Code(
    "WRP156",
    "unknown-word",
    "error",
    """\
A word that its key does not take: an operator that is none of AND, OR and NOT, a method that does not exist.

Programs read such a word as their default, in silence: `XAND` as OR.
""",
)

MISSING_KEY = Code(
    "WRP157",
    "missing-key",
    "error",
    """\
A key that has to be there.

Its absence leaves a zero: a signal without a threshold fires for everything.
""",
)

OLDER_KEY = Code(
    "WRP158",
    "older-key",
    "info",
    """\
A key of an older layout.

It is read as its successor, which is what a compile writes. Where there is no successor the value is left out.
""",
)

BAD_SHAPE = Code(
    "WRP159",
    "bad-rule-shape",
    "error",
    """\
A node of a rule that is neither a condition on one signal nor an operator over several.

A `NOT` has exactly one condition; an operator inside a rule has at least one; a node has a `type` or an `operator`,
not both; `on_unknown` stands at the root.
""",
)

CYCLE = Code(
    "WRP160",
    "score-cycle",
    "error",
    """\
Scores that are made of each other.
""",
)

MAPPING_GAP = Code(
    "WRP250",
    "mapping-gap",
    "warning",
    """\
Values of a score between two outputs of a mapping that no output takes.

For those requests no output fires, and every rule over the mapping is silent.

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
""",
)

EMPTY_RANGE = Code(
    "WRP253",
    "empty-range",
    "error",
    """\
A range whose lower bound is above its upper one.

No request is in it, so the signal never fires.
""",
)

SAME_RULES = Code(
    "WRP254",
    "same-rules",
    "warning",
    """\
Two decisions with the same rules.

Only one of them can ever answer; the other is dead, or it differs by accident.
""",
)

WITHOUT_TIER = Code(
    "WRP255",
    "decision-without-tier",
    "warning",
    """\
A decision without a tier, in a file whose other decisions have one.

The router takes it for tier 0, which goes before tier 1: it overtakes what was meant to go first, safety rules too.

How to repair: give it the tier that it belongs to.
""",
)

UNREAD_SIGNAL = Code(
    "WRP350",
    "unread-signal",
    "warning",
    """\
A signal, score or mapping that no decision reads, directly or through a score.

It costs a computation and guards nothing. Often a condition on it was lost.
""",
)

NO_MODELS = Code(
    "WRP351",
    "decision-without-models",
    "warning",
    """\
A decision that names no model, in a file that declares models.

The router may then take any model, the cloud's too.
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
""",
)
