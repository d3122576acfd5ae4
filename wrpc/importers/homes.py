"""Where configurations live: a file is one, or holds some. Finds them, and says what everything else looks like.

A ConfigMap's values and a Secret's `stringData` are texts of their own; Helm values, a Flux release or a compose file
hold a mapping or a text somewhere inside; a file has several documents, or a list of resources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from wrpc.diagnostics import Diagnostic, finding
from wrpc.importers import codes, document, spelled, systems
from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.importers.excerpt import Excerpt
from wrpc.importers.importer import Importer
from wrpc.importers.nodes import keys_of, line, text_of
from wrpc.importers.recognition import CERTAIN, SURE, score
from wrpc.importers.spelled import Spelled
from wrpc.source import Source, Span

MOST_DEPTH = 12
MOST_WITHIN = 3
MOST_NODES = 200_000
# Keys of Helm values below which a chart expects a whole configuration: litellm-helm's, vllm-sr's, and what others say.
VALUES = frozenset(("proxy_config", "proxyConfig", "config", "routerConfig", "router_config", "litellm_config"))
FILES = (".yaml", ".yml", ".json", ".conf", ".toml")
UNNAMED = ("values", "values.prod", "config", "configmap", "main", "index", "all")
_KEY = re.compile(r"^([A-Za-z_][A-Za-z0-9_.-]*|\"[^\"\n]+\"|'[^'\n]+')[ \t]*:", re.MULTILINE)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """A configuration: whose it is, and the text that it is. `excerpt` is None where that is the whole file."""

    importer: str
    source: Source
    excerpt: Excerpt | None = None
    found: tuple[Diagnostic, ...] = ()

    @property
    def where(self) -> str:
        return "" if self.excerpt is None else self.excerpt.where


@dataclass(slots=True)
class Found:
    """`skipped` says of each document without a configuration what it looks like; `named`: it looks like something."""

    homes: list[Home] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    skipped: list[Diagnostic] = field(default_factory=list)
    named: bool = False


def find(source: Source, importers: Mapping[str, Importer]) -> Found:
    """Every configuration of a file that is one of these importers'. Nothing is found of a file that is no YAML."""
    search = _Search(source, importers)
    search.file()
    return search.found


@dataclass(slots=True)
class _Search:
    source: Source
    importers: Mapping[str, Importer]
    found: Found = field(default_factory=Found)
    within: Excerpt | None = None
    depth: int = 0
    steps: int = 0
    resources: dict[str, list[tuple[int, Path]]] = field(default_factory=dict)
    reading: document.Reading = field(default_factory=lambda: document.Reading((), ()))
    own: str = ""
    unnamed: bool = False

    # ── Documents ─────────────────────────────────────────────────────────

    def file(self) -> None:
        self.reading = document.read_all(self.source, document.PYYAML)
        documents = self.reading.documents
        if not self.reading.complete:
            self._unreadable()
            return
        written = [n for n, each in enumerate(documents) if each.root is not None and not document.is_null(each.root)]
        for n in written:
            root = documents[n].root
            assert root is not None
            self.own = _own(self.source.name, n if len(written) > 1 else None)
            before = self._told()
            alone = len(documents) == 1 and self.within is None
            if not self._whole(n, root, alone=alone) and systems.system(root) not in systems.DESCRIPTIONS:
                self._visit(root, n, ())
            if before == self._told():
                self._skip(root, n)
        if not written:
            self._pass(systems.written(self.source.text), self.source.span())
        self._gather()
        direct = [h for h in self.found.homes if h.excerpt is not None and h.excerpt.where.startswith("document ")]
        if direct and len(documents) > 1:
            self._several(direct)

    def _told(self) -> int:
        return len(self.found.homes) + len(self.found.skipped) + sum(map(len, self.resources.values()))

    def _unreadable(self) -> None:
        """Text that is not YAML: a template, a file of another kind, or a configuration with a slip."""
        if self._filled_in(None, spelled.lines(self.source, 0, len(self.source.text), 0)):
            return
        best = _best(_outline(self.source), self.importers, SURE)
        if best is not None:
            self.found.homes.append(self._home(best[0]))
            return
        looks = systems.written(self.source.text) or systems.system(_outline(self.source))
        if looks is None:
            self.found.notes += self.reading.found[-1:]
        self._pass(looks, self.source.span())

    def _whole(self, n: int, root: Node, *, alone: bool) -> bool:
        """Whether a document is a configuration itself."""
        best = _best(root, self.importers, CERTAIN if self.depth else SURE)
        if best is None or (isinstance(root, Keys) and systems.kubernetes(root) is not None):
            return False
        piece = _document(self.reading, self.source, n)
        assert piece is not None
        if self._filled_in(root, piece):
            return True
        if alone:
            self.found.homes.append(self._home(best[0], found=self._doubt(root.span, best)))
            return True

        def again(changed: Source) -> str | None:
            there = _document(document.read_all(changed, document.PYYAML), changed, n)
            return None if there is None else there.text

        self._take(best, root, piece, f"document {n + 1}", f"{self.own}/config.yaml", again)
        return True

    def _several(self, direct: list[Home]) -> None:
        """Configurations that are documents of one file, which no program takes as it is. One beside a document that is
        nothing was cut in two by a line too much: it is for its importer to say so."""
        if self.unnamed:
            self.found.homes = [self._home(direct[0].importer)]
            self.found.notes, self.found.skipped = [], []
            return
        second = self.reading.documents[1]
        at = max(0, self.source.text.rfind("---", 0, max(second.start, 3)))
        title = self.importers[direct[0].importer].title
        message = (
            f"the file holds several YAML documents, and one of them is a {title}; its program takes a file of one"
        )
        span = self.source.span(at, at + 3)
        self._note(finding(codes.SEVERAL_DOCUMENTS, message, span, severity="warning"))

    def _skip(self, root: Node, n: int) -> None:
        piece = _document(self.reading, self.source, n)
        assert piece is not None
        looks = systems.system(root) or systems.written(piece.text)
        if (looks is None or systems.fills(root)) and self._filled_in(root, piece):
            return
        if isinstance(root, Keys) and text_of(root, "kind") == "ConfigMap" and (data := keys_of(root, "data")):
            looks = f"a Kubernetes ConfigMap with {', '.join(f'`{key}`' for key in list(data)[:3])}"
        self._pass(looks, root.span)

    def _pass(self, looks: str | None, at: Span) -> None:
        self.found.named |= looks is not None
        self.unnamed |= looks is None
        said = f"it looks like {looks}" if looks else f"it has no key of a {_titles(self.importers)}"
        message = f"skipped: not a configuration that wrpc reads ({said})"
        told = finding(codes.ANOTHER_SYSTEM, message, line(at), help=systems.ADVICE.get(looks or ""))
        self.found.skipped.append(self._lifted(told))

    def _filled_in(self, root: Node | None, piece: Spelled, *, strict: bool = False) -> bool:
        """Whether a text is a template, which is then told. `root` is None where it is no YAML."""
        strict = strict or (root is not None and not systems.fills(root))
        named = systems.template(piece.text, strict=strict)
        if named is None or not piece.runs:
            return False
        name, start, end = named
        message = f"skipped: it looks like {name}, and is read once `{{{{ … }}}}` are filled in"
        advice = "`helm template CHART | wrpc check --from auto -` reads what it becomes" if "Helm" in name else None
        at = spelled.home(piece, self.source, start, end)
        self.found.named = True
        self.found.skipped.append(self._lifted(finding(codes.TEMPLATE, message, line(at), help=advice)))
        return True

    # ── Inside ────────────────────────────────────────────────────────────

    def _visit(self, node: Node, n: int, path: Path, name: str = "", *, hint: bool = False) -> None:
        """Looks for configurations in a document. `name` is the resource's; `hint`: one is expected here."""
        self.steps += 1
        if self.steps > MOST_NODES or len(path) > MOST_DEPTH:
            return
        match node:
            case Keys() if (kind := self._resource(node)) is not None:
                self._inside_resource(node, kind, n, path)
            case Keys():
                if path and self._mapping(node, n, path, name, hint=hint):
                    return
                for key in node:
                    self._visit(node.pairs[key].value, n, (*path, key), name, hint=key in VALUES)
            case Items():
                for i, item in enumerate(node.items):
                    self._visit(item, n, (*path, i), name)
            case Scalar() if path and isinstance(node.value, str) and ("\n" in node.text or node.text[:1] == "{"):
                self._text(node, n, path, name, SURE if hint else CERTAIN)
            case _:
                pass

    def _resource(self, node: Keys) -> str | None:
        kind = text_of(node, "kind")
        return kind if kind is not None and text_of(node, "apiVersion") is not None else None

    def _inside_resource(self, node: Keys, kind: str, n: int, path: Path) -> None:
        owner = next((name for name, each in self.importers.items() if kind in each.kinds), None)
        own = text_of(keys_of(node, "metadata") or node, "name") or ""
        if owner is not None:
            self.resources.setdefault(owner, []).append((n, path))
        elif kind in ("ConfigMap", "Secret"):
            self._values(node, kind, own, n, path)
        else:
            for key in node:
                self._visit(node.pairs[key].value, n, (*path, key), own, hint=key in VALUES)

    def _values(self, node: Keys, kind: str, own: str, n: int, path: Path) -> None:
        encoded = "binaryData" if kind == "ConfigMap" else "data"
        plain = "data" if kind == "ConfigMap" else "stringData"
        for key in keys_of(node, encoded) or ():
            if key.endswith(FILES) or kind == "ConfigMap":
                message = f"`{key}` of `{encoded}` in {_resource(kind, own)} is not read: it is base64"
                pair = (keys_of(node, encoded) or node).pairs[key]
                self._note(finding(codes.ENCODED, message, pair.key.span))
        values = keys_of(node, plain)
        for key in values or ():
            assert values is not None
            value = values.pairs[key].value
            if isinstance(value, Scalar):
                self._text(value, n, (*path, plain, key), f"{own}/{key}", SURE, _value(kind, own, key))
            elif self._mapping(value, n, (*path, plain, key), f"{own}/{key}", hint=True):
                message = (
                    f"`{key}` in {_resource(kind, own)} is {document.kind(value)}; Kubernetes takes only text there"
                )
                advice = f"write `{key}: |` and leave what it holds as it is"
                self._note(finding(codes.NOT_TEXT, message, values.key(key), help=advice))

    def _mapping(self, node: Node, n: int, path: Path, name: str, *, hint: bool) -> bool:
        best = _best(node, self.importers, SURE if hint else CERTAIN)
        if best is None or not isinstance(node, Keys):
            return False
        piece = spelled.mapping(node, self.reading.aliases)
        if self._filled_in(node, piece):
            return True

        def again(changed: Source) -> str | None:
            reading = document.read_all(changed, document.PYYAML)
            there = _there(reading, n, path)
            return spelled.mapping(there, reading.aliases).text if isinstance(there, Keys) else None

        where = f"`{'.'.join(map(str, path))}`"
        self._take(best, node, piece, where, name or f"{self.own}/config.yaml", again)
        return True

    def _text(self, node: Scalar, n: int, path: Path, name: str, least: int, where: str = "") -> None:
        """A text of its own, if it is a configuration or holds one."""
        if not isinstance(node.value, str) or not (":" in node.text or "{{" in node.text):
            return
        piece = spelled.scalar(node)

        def again(changed: Source) -> str | None:
            there = _there(document.read_all(changed, document.PYYAML), n, path)
            return spelled.scalar(there).text if isinstance(there, Scalar) else None

        where = where or f"`{'.'.join(map(str, path))}`"
        inner = self._inner(piece, name or f"{self.own}/config.yaml")
        made = Excerpt(inner, self.source, piece, where, again, self.within)
        reading = document.read_all(inner, document.PYYAML)
        root = reading.documents[0].root if reading.complete and len(reading.documents) == 1 else None
        best = _best(root if reading.complete else _outline(inner), self.importers, least)
        if best is None:
            if name.endswith(FILES) and self._filled_in(root, piece, strict=True):
                return
            if reading.complete and self.depth < MOST_WITHIN and reading.documents:
                inside = _Search(inner, self.importers, self.found, made, self.depth + 1, self.steps, own=self.own)
                inside.nested()
                self.steps = inside.steps
            return
        if self._filled_in(root, piece):
            return
        notes = self._doubt(node.span, best)
        if not reading.complete and piece.style == "folded":
            message = f"{made.where} begins with `>`, which joins lines; a configuration needs `|`"
            folded = finding(codes.UNREADABLE, message, line(node.span), severity="warning")
            notes = (*notes, self._lifted(folded))
        self.found.homes.append(self._home(best[0], made, notes))

    def nested(self) -> None:
        """The documents of a text inside a file, of which only what holds a configuration is told."""
        self.reading = document.read_all(self.source, document.PYYAML)
        skipped = len(self.found.skipped)
        for n, each in enumerate(self.reading.documents):
            if each.root is not None and not self._whole(n, each.root, alone=False):
                self._visit(each.root, n, ())
        self._gather()
        del self.found.skipped[skipped:]

    # ── Taking ────────────────────────────────────────────────────────────

    def _take(
        self, best: Best, node: Node, piece: Spelled, where: str, name: str, again: Callable[[Source], str | None]
    ) -> None:
        made = Excerpt(self._inner(piece, name), self.source, piece, where, again, self.within)
        self.found.homes.append(self._home(best[0], made, self._doubt(node.span, best)))

    def _gather(self) -> None:
        """The resources of each importer as the documents of one text."""
        for name, places in self.resources.items():

            def together(reading: document.Reading, places: list[tuple[int, Path]] = places) -> Spelled | None:
                nodes = [_there(reading, n, path) for n, path in places]
                keys = [node for node in nodes if isinstance(node, Keys)]
                if len(keys) < len(nodes):
                    return None
                return spelled.joined([spelled.mapping(node, reading.aliases) for node in keys])

            piece = together(self.reading)
            if piece is None:
                continue

            def again(changed: Source, together: Callable[[document.Reading], Spelled | None] = together) -> str | None:
                made = together(document.read_all(changed, document.PYYAML))
                return None if made is None else made.text

            kinds = sorted({kind for n, path in places if (kind := _kind(_there(self.reading, n, path)))})
            inner = self._inner(piece, f"{_own(self.source.name, None)}/config.yaml")
            made = Excerpt(inner, self.source, piece, " and ".join(kinds), again, self.within)
            self.found.homes.append(self._home(name, made))

    def _inner(self, piece: Spelled, name: str) -> Source:
        """A text inside a file: files beside that one are not beside it."""
        return Source(name, piece.text)

    def _home(self, importer: str, made: Excerpt | None = None, found: Iterable[Diagnostic] = ()) -> Home:
        return Home(importer, self.source if made is None else made.source, made, tuple(found))

    def _doubt(self, at: Span, best: Best) -> tuple[Diagnostic, ...]:
        """What is said where two programs could be meant."""
        one, other = best
        if other is None:
            return ()
        titles = self.importers[one].title, self.importers[other].title
        message = f"read as a {titles[0]}, and has keys of a {titles[1]} as well"
        advice = f"`--from {one}` or `--from {other}` says which one is meant"
        return (self._lifted(finding(codes.TWO_KINDS, message, line(at), help=advice)),)

    def _note(self, diagnostic: Diagnostic) -> None:
        self.found.notes.append(self._lifted(diagnostic))

    def _lifted(self, diagnostic: Diagnostic) -> Diagnostic:
        return diagnostic if self.within is None else self.within.bring(diagnostic)


Best = tuple[str, str | None]


def _best(root: Node | None, importers: Mapping[str, Importer], least: int) -> Best | None:
    """The importer whose keys a mapping has, and the second one that it may be too."""
    if not isinstance(root, Keys):
        return None
    scores = sorted(((score(root, each.marks), name) for name, each in importers.items()), key=lambda s: -s[0])
    sure = [name for points, name in scores if points >= least]
    return (sure[0], sure[1] if len(sure) > 1 else None) if sure else None


def _outline(source: Source) -> Keys:
    """What can be told of a text that is not YAML: the keys that begin its lines."""
    pairs: dict[str, document.Pair] = {}
    for found in _KEY.finditer(source.text):
        key = document.Scalar(found[1].strip("\"'"), found[1].strip("\"'"), source.span(found.start(1), found.end(1)))
        pairs.setdefault(key.text, document.Pair(key, document.Scalar(None, "", source.span(found.end(), found.end()))))
    return Keys(pairs, source.span())


def _document(reading: document.Reading, source: Source, n: int) -> Spelled | None:
    """A document without the marks around it."""
    if not reading.complete or n >= len(reading.documents):
        return None
    start, end = reading.documents[n].start, reading.documents[n].end
    first = source.text.find("\n", start) + 1
    if (
        0 < first <= end
        and not source.text[start:first].split("#")[0].strip()
        and source.text[start:first].strip(" ") != ""
    ):
        start = first if source.text[:start].endswith("---") else start
    return spelled.lines(source, start, max(start, end), 0)


def _there(reading: document.Reading, n: int, path: Path) -> Node | None:
    """What stands at a path of a document."""
    node = reading.documents[n].root if reading.complete and n < len(reading.documents) else None
    for step in path:
        if isinstance(step, str) and isinstance(node, Keys) and step in node:
            node = node[step]
        elif isinstance(step, int) and isinstance(node, Items) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def _kind(node: Node | None) -> str | None:
    return text_of(node, "kind") if isinstance(node, Keys) else None


def _own(name: str, n: int | None) -> str:
    """What a configuration without a name is called: as its file, or as the folder of one that is called as all are."""
    path = PurePath(name)
    own = path.parent.name if path.stem in UNNAMED and path.parent.name else path.stem
    own = own or "config"
    return own if n is None else f"{own}_{n + 1}"


def _resource(kind: str, own: str) -> str:
    return f"the {kind} `{own}`" if own else f"the {kind}"


def _value(kind: str, own: str, key: str) -> str:
    return f"`{key}` of {_resource(kind, own)}"


def _titles(importers: Mapping[str, Importer]) -> str:
    return " or of a ".join(each.title for each in importers.values())
