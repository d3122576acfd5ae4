"""What cannot be read: the 05x codes."""

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

Bad:

    version: v0.3
    routing: {decisions: [

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

Bad:

    version: v0.3
    routing:
      decisions:
        - {name: a, priority: 1, priority: 2}

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

Bad:

    version: v0.3
    routing:
      decisions:
        - {name: a, priority: 1, plugins: *shared}

How to repair: write out what the alias stands for.
""",
)

KEY = Code(
    "WRP053",
    "key-without-name",
    "error",
    """\
A key that is a list, a mapping, a number or `true`, where a name is expected.

Bad:

    version: v0.3
    routing:
      decisions:
        - {name: a, priority: 1, annotations: {7: b}}

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

Bad:

    version: v0.3
    routing: {decisions: [{name: a, priority: 1}]}
    ---
    version: v0.3

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

How to repair: see what wrote the file.
""",
)

TOO_LARGE = Code(
    "WRP056",
    "yaml-too-large",
    "error",
    """\
A file beyond the size that an importer reads.

How to repair: split the file; a recipe is a policy of its own.
""",
)

NOT_A_CONFIGURATION = Code(
    "WRP057",
    "not-a-configuration",
    "error",
    """\
A file that is YAML, but not the configuration that was asked for.

It is empty, a list or a word, or it has none of the sections that make a policy.

Bad:

    version: v0.3
    decisions: []

How to repair: name the file's own kind (`wrpc import KIND FILE`), or bring an older layout to today's with the tool
of the program that it belongs to.
""",
)

TAKEN_AS = Code(
    "WRP058",
    "taken-as",
    "info",
    """\
Which configuration a file was taken for, and which release's reading of it was meant.

`--from auto` tells by the keys at the top of the file. A finding that depends on a release names it.

How to repair: nothing has to be repaired; `--from NAME` and `--release` say it outright.
""",
)
