"""What stands in the way of a comparison: refs, files with several policies, folders that nobody compiled."""

from __future__ import annotations

from wrpc.diagnostics import Code

NO_REF = Code(
    "WRP086",
    "no-such-ref",
    "error",
    """\
`--against` names something that is no commit of the repository.

A branch, a tag, `HEAD~1` or the beginning of a commit's hash names a commit. In CI a shallow clone has only the last
one: fetch the branch first (`git fetch origin main`, or `fetch-depth: 0` for GitHub's checkout).
""",
)

NO_GIT = Code(
    "WRP087",
    "no-repository",
    "error",
    """\
`--against` needs git, and the file in a repository.

Either the program `git` is not on this machine, or the file is not in a repository, or git does not read it (it says
why). `wrpc diff OLD NEW` compares two files without git.
""",
)

NOT_AT_REF = Code(
    "WRP088",
    "not-at-ref",
    "error",
    """\
A file that does not exist at the commit that it is compared with.

The policy, or an override file, is new or had another name then. `git log --follow FILE` shows earlier names. For a new
policy there is nothing to compare with.
""",
)

SEVERAL = Code(
    "WRP089",
    "several-policies",
    "error",
    """\
A file that holds several policies, of which one is compared.

Another system's file may hold several configurations, each a policy of its own. `--policy NAME` says which one.
""",
)

NO_MANIFEST = Code(
    "WRP860",
    "no-manifest",
    "error",
    """\
A folder without a `wrp-manifest.json` that can be read, so that nobody knows what was compiled to it.

`wrpc compile` writes the manifest beside the files of the targets: deploy it with them, and name the folder that holds
it, not that of one target.
""",
)

OTHER_MANIFEST = Code(
    "WRP861",
    "manifest-of-another-version",
    "error",
    """\
A `wrp-manifest.json` whose version this release of wrpc does not read.

Verify with the release that compiled the files, or compile them again.
""",
)

NO_SOURCE = Code(
    "WRP862",
    "source-not-found",
    "error",
    """\
The policy that the manifest names is not found.

The manifest names the files of the policy as seen from its own folder. They are looked for in the compiled folder, in
those above it and in the current one. `wrpc verify DIR POLICY` says where the policy is.
""",
)

NOBODYS = Code(
    "WRP863",
    "unknown-artifact",
    "warning",
    """\
A file in the folder of a target, or a whole target, that no compile wrote.

The program may read it all the same, and what it then does is not compared. Take the file away, or keep it outside the
folder of the target.
""",
)

MISSING = Code(
    "WRP864",
    "missing-artifact",
    "error",
    """\
A file that was compiled and is not there any more.

What its program does without it is not known. Compile again.
""",
)

EDITED = Code(
    "WRP865",
    "edited-artifact",
    "warning",
    """\
A file that is not as it was compiled.

Where it decides otherwise than the policy, the requests are shown. What a policy does not speak of is not compared:
addresses, certificates, sizes of buffers. The finding stands at the first line that is another one; the next compile
overwrites what was changed.
""",
)

UNREADABLE = Code(
    "WRP866",
    "unreadable-artifact",
    "error",
    """\
A file that its target does not understand, so that nobody can say how it decides.

Somebody has edited it in a way that no compile writes, or another release of wrpc wrote it. Compile again.
""",
)

OTHER_SOURCE = Code(
    "WRP867",
    "other-source",
    "info",
    """\
A policy that is not the text which the files were compiled from.

What was changed since is among the differences.
""",
)
