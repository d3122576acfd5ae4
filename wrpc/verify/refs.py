"""Files as they were at a commit: read from git's store into memory. The working tree is neither read nor written."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from wrpc.diagnostics import Code, Findings, Refusal, finding
from wrpc.policy.load import from_files
from wrpc.policy.model import Policy
from wrpc.source import Source
from wrpc.syntax.read import from_bytes
from wrpc.verify import codes

LINKS = 8  # symbolic links that lead to one file
LINK = "120000"  # the mode of one in a tree


def load_at(path: str | Path, ref: str, env: Sequence[str | Path] = ()) -> tuple[Policy | None, Findings]:
    """The policy of a file as it was at a commit, its imports and the override files `env` too, and what was found.

    Raises Refusal where there is no such commit, repository or file.
    """
    files = [(commit := Commit.of(Path(place), ref), commit.source(Path(place))) for place in (path, *env)]
    root = posixpath.dirname(files[0][0].inside(Path(path)))
    libraries = []
    for (commit, source), place in zip(files, (path, *env), strict=True):
        own = posixpath.dirname(commit.inside(Path(place)))
        inside = own == root or own.startswith(f"{root}/") or not root
        libraries.append((source, Committed(commit, root if inside else own)))
    return from_files(libraries)


@dataclass(frozen=True, slots=True)
class Commit:
    """`folder` is one of the repository, `prefix` where it stands in it; `ref` as the reader wrote it."""

    folder: Path
    prefix: str
    ref: str
    hash: str

    @classmethod
    def of(cls, path: Path, ref: str) -> Commit:
        """The commit that a ref names in the repository of a file. Raises Refusal."""
        folder = path.parent
        if not folder.is_dir():
            _refuse(codes.NO_GIT, f"there is no folder `{folder.as_posix()}`", path)
        prefix = _git(folder, "rev-parse", "--show-prefix")
        if prefix.code:
            _refuse(codes.NO_GIT, "the file is not in a git repository", path, help=_said(prefix.error))
        # What begins with a dash would be an option of git's; no ref does.
        found = None if ref.startswith("-") else _git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        if found is None or found.code:
            advice = "name a branch, a tag, `HEAD~1` or a hash; a shallow clone has to fetch it first"
            _refuse(codes.NO_REF, f"`{ref}` is not a commit of this repository", path, help=advice)
        return cls(folder, prefix.text.removesuffix("\n"), ref, found.text.strip())

    def inside(self, path: Path) -> str:
        """The path of a file of the folder in the repository."""
        return posixpath.normpath(self.prefix + path.name)

    def source(self, path: Path) -> Source:
        """A file of the folder as it was. Raises Refusal."""
        source = self.read(self.inside(path))
        if source is None:
            advice = f"`git log --follow {path.name}` shows earlier names"
            _refuse(codes.NOT_AT_REF, f"`{path.as_posix()}` does not exist at `{self.ref}`", path, help=advice)
        return source

    def read(self, place: str) -> Source | None:
        """The text of a file of the repository, links followed; None where there is none. Raises Refusal."""
        at = place
        for _ in range(LINKS):
            listed = _git(self.folder, "ls-tree", "--full-tree", "-z", self.hash, "--", f":(literal){at}")
            mode = listed.text.partition(" ")[0]
            if listed.code or not mode or " blob " not in listed.text.partition("\t")[0]:
                return None
            blob = _git(self.folder, "cat-file", "blob", listed.text.partition("\t")[0].rpartition(" ")[2])
            if blob.code:
                return None
            if mode != LINK:
                return from_bytes(f"{self.ref}:{place}", blob.data)
            at = posixpath.normpath(posixpath.join(posixpath.dirname(at), blob.text))
            if at.startswith(("../", "/")):
                return None
        return None


@dataclass(frozen=True, slots=True)
class Committed:
    """A library of the files below one folder of a commit."""

    commit: Commit
    root: str

    def key(self, source: Source) -> str:
        return source.name

    def find(self, importing: Source, written: str) -> tuple[str, str] | None:
        if posixpath.isabs(written) or "\0" in written:
            return None
        here = importing.name.removeprefix(f"{self.commit.ref}:")
        place = posixpath.normpath(posixpath.join(posixpath.dirname(here), written.replace(os.sep, "/")))
        if place.startswith("../") or (self.root and not place.startswith(f"{self.root}/")):
            return None
        return f"{self.commit.ref}:{place}", place

    def read(self, place: str | Path) -> Source | None:
        return self.commit.read(str(place))


@dataclass(frozen=True, slots=True)
class _Done:
    code: int
    data: bytes
    error: str

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "surrogateescape")


def _git(folder: Path, *arguments: str) -> _Done:
    """What git answers. Nothing that is run reads or writes the working tree or asks for anything."""
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, capture_output=True, env=environment, check=False)  # noqa: S603  no shell
    except OSError as error:
        _refuse(codes.NO_GIT, f"git cannot be run: {error.strerror or error}", folder)
    return _Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def _said(error: str) -> str:
    first = error.strip().partition("\n")[0]
    return f"git says: {first}" if first else "`wrpc diff OLD NEW` compares two files"


def _refuse(code: Code, message: str, path: Path, *, help: str | None = None) -> NoReturn:
    raise Refusal([finding(code, message, Source(path.as_posix(), "").span(), help=help)]) from None
