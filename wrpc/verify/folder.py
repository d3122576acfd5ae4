"""A compiled folder: its manifest, its files as they are now, and the policy that it was compiled from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from wrpc.diagnostics import Code, Diagnostic, Refusal, finding
from wrpc.policy.load import load
from wrpc.policy.model import Policy
from wrpc.source import Source
from wrpc.syntax.read import LARGEST
from wrpc.targets import TARGETS
from wrpc.targets.manifest import NAME, VERSION, digest
from wrpc.targets.naming import check_path
from wrpc.verify import codes

ABOVE = 4  # folders above a compiled one in which its policy is looked for


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the manifest says of one target: by path inside the target's folder, digests and the source map."""

    name: str
    files: Mapping[str, str]
    maps: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Folder:
    """`sources`: the files of the policy, by name as seen from its folder, with digests; the main file first.
    `stacks`: names of those whose targets were compiled together."""

    path: Path
    sources: Mapping[str, str]
    targets: Sequence[Compiled]
    diagnostics: Sequence[Diagnostic] = field(default=())
    stacks: Sequence[str] = ()

    def file(self, target: Compiled, path: str) -> Source | None:
        """A file as it is now; None where it is not there. Raises Refusal for one that is no text."""
        place = self.path / target.name / path
        try:
            data = place.read_bytes() if place.is_file() and place.stat().st_size <= 16 * LARGEST else None
        except OSError as error:
            _refuse(codes.UNREADABLE, f"`{place.as_posix()}` cannot be read: {error.strerror}", place)
        if data is None:
            return None
        try:
            return Source(place.as_posix(), data.decode("utf-8"))
        except UnicodeDecodeError:
            _refuse(codes.UNREADABLE, f"`{place.as_posix()}` is not UTF-8", place)

    def strangers(self, target: Compiled) -> Iterator[Diagnostic]:
        """Files of a target's folder that no compile wrote."""
        root = self.path / target.name
        for place in sorted(root.rglob("*")):
            path = place.relative_to(root).as_posix()
            if path not in target.files and not place.is_dir():
                yield finding(
                    codes.NOBODYS, f"`{place.as_posix()}` was not compiled", Source(place.as_posix(), "").span()
                )


def read(path: Path) -> Folder:
    """Raises Refusal where there is no manifest that this release reads."""
    place = path / NAME
    advice = "name the folder that `wrpc compile --out` wrote"
    try:
        text = place.read_text(encoding="utf-8")
        content = json.loads(text)
    except FileNotFoundError:
        _refuse(codes.NO_MANIFEST, f"there is no `{NAME}` in `{path.as_posix()}`", place, advice)
    except (OSError, ValueError, RecursionError) as error:
        said = (error.strerror if isinstance(error, OSError) else None) or "it is not JSON"
        _refuse(codes.NO_MANIFEST, f"`{place.as_posix()}` cannot be read: {said}", place, advice)
    if not isinstance(content, dict) or "version" not in content:
        _refuse(codes.NO_MANIFEST, f"`{place.as_posix()}` is not a manifest of wrpc", place, advice)
    if content["version"] != VERSION:
        said = json.dumps(content["version"])[:20]
        message = f"the manifest has version {said}, and this release reads version {VERSION}"
        _refuse(codes.OTHER_MANIFEST, message, place, "compile the policy again, or verify with the release that did")
    try:
        sources = {str(s["file"]): str(s["sha256"]) for s in content["sources"]}
        targets = [_target(name, found) for name, found in content["targets"].items()]
        stacks = [str(name) for name in content.get("stacks", {})]
        next(iter(sources))
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration):
        _refuse(codes.NO_MANIFEST, f"`{place.as_posix()}` is not a manifest of wrpc", place, advice)
    unknown = [
        finding(codes.NOBODYS, f"`{t.name}` is not a target of wrpc", Source(place.as_posix(), text).span(0, 0))
        for t in targets
        if t.name not in TARGETS
    ]
    return Folder(path, sources, [t for t in targets if t.name in TARGETS], unknown, stacks)


def _target(name: str, found: Mapping[str, object]) -> Compiled:
    files: dict[str, str] = {}
    maps: dict[str, Mapping[str, str]] = {}
    artifacts = found["artifacts"]
    if not isinstance(artifacts, list):
        raise TypeError
    for artifact in artifacts:
        path = str(artifact["path"])
        check_path(path)
        if not path.startswith(f"{name}/"):
            raise ValueError(path)
        inside = path.removeprefix(f"{name}/")
        files[inside] = str(artifact["sha256"])
        maps[inside] = {str(k): str(v) for k, v in artifact["map"].items()}
    return Compiled(name, files, maps)


def source(folder: Folder) -> Policy:
    """The policy that the manifest names, with the override files it was compiled with. Raises Refusal."""
    main, *rest = folder.sources
    here = folder.path.resolve()
    found = [place for base in (here, *here.parents[:ABOVE], Path.cwd()) if (place := base / main).is_file()]
    if not found:
        advice = f"name it: `wrpc verify {folder.path.as_posix()} POLICY`"
        _refuse(
            codes.NO_SOURCE, f"the policy `{main}` that the manifest names is not found", folder.path / NAME, advice
        )
    # Of several of that name, the one that was compiled.
    place = next((p for p in found if _digest(p) == folder.sources[main]), found[0])
    policy = load(place)
    known = {s.path.resolve() for s in policy.sources if s.path is not None}
    env = [p for name in rest if (p := place.parent / name).is_file() and p.resolve() not in known]
    return load(place, env) if env else policy


def _digest(place: Path) -> str | None:
    from wrpc.syntax.read import read as read_source

    try:
        return digest(read_source(place).text)
    except Refusal:
        return None


def _refuse(code: Code, message: str, place: Path, advice: str | None = None) -> NoReturn:
    raise Refusal([finding(code, message, Source(place.as_posix(), "").span(), help=advice)]) from None
