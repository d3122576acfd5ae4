"""`include`: other files that are read as parts of the first, inside its folder."""

from __future__ import annotations

from pathlib import Path

from wrpc.diagnostics import Refusal, Related, finding
from wrpc.importers import codes as shared
from wrpc.importers import document
from wrpc.importers.document import Items, Keys, Pair, Scalar, is_null, kind
from wrpc.importers.edits import mended
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import Config, variable
from wrpc.importers.nodes import line
from wrpc.syntax.read import read as read_source

KEY = "include"
MOST = 100


def read(config: Config) -> None:
    """Reads each included file once and merges it: a list is continued, any other value is taken in its place."""
    path = config.source.path
    if KEY not in config.root:
        return
    root = path.resolve().parent if path is not None else None
    seen = {path.resolve()} if path is not None else set()
    waiting = [(config.root, root)]
    while waiting:
        keys, folder = waiting.pop(0)
        node = keys.pairs[KEY].value if KEY in keys else None
        if node is None or is_null(node):
            continue
        if not isinstance(node, Items):
            message = f"`{KEY}` is {kind(node)}, where a list of files is expected; {config.program} does not start"
            config.say(shared.WRONG_TYPE, message, line(node.span), "stops")
            continue
        for item in node.items:
            if isinstance(item, Scalar) and isinstance(item.value, str):
                found = _file(config, item, folder, root, seen)
                if found is not None:
                    waiting.append((found[0], found[1].parent))


def _file(
    config: Config, item: Scalar, folder: Path | None, root: Path | None, seen: set[Path]
) -> tuple[Keys, Path] | None:
    if folder is None or root is None or variable(item) is not None:
        _unread(config, item, "what it holds is not known here")
        return None
    try:
        beside, below = (folder / item.text).resolve(), (root / item.text).resolve()
        path = beside if beside.exists() or not below.exists() else below
    except (OSError, ValueError):
        message = f"no file can have this name; {config.program} does not start"
        config.say(shared.DANGLING, message, line(item.span), "stops")
        return None
    if not path.is_relative_to(root):
        _unread(config, item, "it lies outside the folder of the file, so it is not read")
        return None
    if path in seen or len(seen) > MOST:
        return None
    seen.add(path)
    if not path.exists():
        message = f"there is no file `{item.text}`; {config.program} does not start"
        config.say(shared.DANGLING, message, item.span, "stops")
        return None
    try:
        source = read_source(_named(config, path, root))
    except Refusal as refusal:
        config.report.found += refusal.diagnostics
        return None
    found, diagnostics = mended(source, document.PYYAML)
    config.report.found += diagnostics
    if not isinstance(found, Keys):
        if not diagnostics and found is not None and not is_null(found):
            message = f"the file is {kind(found)}, where a mapping is expected; {config.program} does not start"
            config.report.add(finding(shared.NOT_A_CONFIGURATION, message, source.span(0, 0)))
        return None
    config.files.append(found)
    _merge(config, found)
    return found, path


def _unread(config: Config, item: Scalar, why: str) -> None:
    config.open = f"`{item.text}`"
    config.say(codes.OPEN_ELSEWHERE, f"`{item.text}` is included: {why}", item.span, "note")


def _named(config: Config, path: Path, root: Path) -> Path:
    """The path as the first file was given: relative where that was."""
    given = config.source.path
    return given.parent / path.relative_to(root) if given is not None else path


def _merge(config: Config, other: Keys) -> None:
    pairs = dict(config.root.pairs)
    for key, pair in other.pairs.items():
        if key == KEY:
            continue
        own = pairs.get(key)
        if own is not None and isinstance(own.value, Items) and isinstance(pair.value, Items):
            items = Items((*own.value.items, *pair.value.items), own.value.span, own.value.size + pair.value.size)
            pairs[key] = Pair(own.key, items)
        else:
            if own is not None:
                message = f"`{key}` of an included file takes the place of the whole `{key}` that was read before"
                related = [Related(own.key.span, "lost")]
                config.say(codes.SETTING_TWICE, message, pair.key.span, "otherwise", related=related)
            pairs[key] = pair
    config.root = Keys(pairs, config.root.span, config.root.size)
