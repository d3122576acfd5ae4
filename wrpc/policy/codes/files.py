"""Codes of files: imports, headers, overrides."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
MISSING_IMPORT = Code("WRP140", "missing-import", "error", """\
An import of a file that is not there.

The path is relative to the file that imports.

Bad:

    import "nowhere.wrp"
    #      ^^^^^^^^^^^^^ WRP140

How to repair: correct the path.
""")

IMPORT_CYCLE = Code("WRP141", "import-cycle", "error", """\
Files that import each other in a circle.

How to repair: move what both need into a third file.
""")

ESCAPING_IMPORT = Code("WRP142", "escaping-import", "error", """\
An import that leads out of the policy's folder.

A policy is the files in and below the folder of its main file, so that a review sees all of it. Absolute paths, `..`
beyond that folder and symbolic links that lead out of it are refused.

Bad:

    import "../elsewhere.wrp"
    #      ^^^^^^^^^^^^^^^^^^ WRP142

How to repair: move the file into the folder, or the main file up.
""")

HEADER = Code("WRP143", "second-header", "error", """\
A `policy` block that is not the one header of the main file.

Good:

    policy ours { language 1 }

How to repair: keep the header of the main file, and no other.
""")

LANGUAGE_VERSION = Code("WRP144", "language-version", "error", """\
A version of the language that this compiler does not read.

Bad:

    policy ours { language 2 }
    #                      ^ WRP144

Good:

    policy ours { language 1 }

How to repair: use a newer compiler, or write `language 1`.
""")

OVERRIDE_OF_NOTHING = Code("WRP145", "override-of-nothing", "error", """\
An `override` of something that no file declares.

An override changes an existing declaration; a misspelt one would silently change nothing in production.

Bad:

    pool small {}
    override pool smal { replicas 4 }
    #             ^^^^ WRP145

Good:

    pool small {}
    override pool small { replicas 4 }

How to repair: correct the name, or declare the thing.
""")
