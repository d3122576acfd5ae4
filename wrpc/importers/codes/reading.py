"""What cannot be read: the 05x codes."""

from __future__ import annotations

from wrpc.diagnostics import Code

UNREADABLE = Code(
    "WRP050",
    "unreadable-yaml",
    "error",
    """\
A file that is not YAML.

It ends too early, its indentation does not fit, or it has characters that YAML does not allow. Nothing is imported from
it.

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
A key that appears twice in one mapping.

YAML readers silently keep one of the two, and not all keep the same one. wrpc reads the first.

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
An alias that is undefined, refers to itself, or expands to far too much.

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

A configuration is one document; readers silently take the first or the last one.

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
Mappings and lists nested beyond the limit.

Configurations written by hand stay far below the limit.

How to repair: check the program that generated the file.
""",
)

TOO_LARGE = Code(
    "WRP056",
    "yaml-too-large",
    "error",
    """\
A file that is too large to be imported.

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

How to repair: name the file's own kind (`wrpc import KIND FILE`), or convert an older layout with the program's own
migration tool.
""",
)

TAKEN_AS = Code(
    "WRP058",
    "taken-as",
    "info",
    """\
Which kind of configuration a file was read as, and for which release of the program.

`--from auto` decides by the top-level keys of the file. A finding that depends on a release names it.

How to repair: nothing needs repair; `--from NAME` and `--release` set it explicitly.
""",
)
