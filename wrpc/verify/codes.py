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
