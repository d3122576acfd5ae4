"""Repairs of a YAML text that touch nothing else: its comments, its layout and its order stay.

A function gives None where the change cannot be made surely: other text shares the lines, an anchor ties the place to
another one, a scalar would take in what follows. What is moved is read again, and must say the same as before. What
changes every place that shows a mapping with an anchor is not safe.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from wrpc.diagnostics import Diagnostic, Edit, Fix
from wrpc.importers import document
from wrpc.importers.document import Dialect, Items, Keys, Node, Pair, Scalar, read, same
from wrpc.importers.layout import Collection, Entry, Layout, Piece, layout
from wrpc.importers.scalars import plain
from wrpc.letters import quoted
from wrpc.source import Source

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*\Z")
_GAP = re.compile(r"\s*,\s*\Z")
_NOTHING = re.compile(r"\s*(null|Null|NULL|~|\{\s*\})?\Z")
_END = re.compile(r"^(---|\.\.\.)", re.MULTILINE)


def mended(source: Source, dialect: Dialect | None = None) -> tuple[Node | None, list[Diagnostic]]:
    """What `document.read` gives; of a key that says the same twice the finding has the way to say it once."""
    reading = document.parsed(source, dialect or document.CORE)
    found = list(reading.found)
    for key in reading.twice:
        fix = remove(key.pair)
        if fix is not None:
            found[key.found] = replace(found[key.found], fixes=(fix,))
    return reading.root, found


def move(root: Keys, pair: Pair, owner: Keys, to: str, title: str, *, safe: bool = True) -> Fix | None:
    """`pair` of the mapping `owner` into the section `to` of the document, which is made where there is none.

    Comments directly above the key, on its lines and indented below it go along. A section that is left empty goes too,
    unless a comment speaks of it.
    """
    at = layout(root.span.source)
    top, home = at.mappings.get(root.span.start), at.mappings.get(owner.span.start)
    if at.odd_breaks or top is None or home is None or not top.plain or not home.plain:
        return None
    entry = next((e for e in home.entries if e.start == pair.key.span.start), None)
    if entry is None or home.named("<<") or top.named("<<") or at.shared(entry.start):
        return None
    targets = top.named(to)
    if len(targets) > 1 or len(home.named(entry.name)) > 1 or any(target is entry for target in targets):
        return None
    piece = at.piece(entry, entry.start)
    if piece is None or at.leaves[entry.tail].open_ended:
        return None
    taken = _left(at, top, home, piece)
    if taken is None or at.marked(taken.span.start, taken.span.end):
        return None
    if not targets:
        placed = _at_the_end(at, top, piece, to, taken)
    elif (target := at.mappings.get(targets[0].value)) is not None and not target.flow:
        placed = None if target is home or target.named(entry.name) else _appended(at, target, piece)
    else:
        placed = _filled(at, top, targets[0], piece)
    return None if placed is None else _fix(at.source, [taken, *placed], title, safe)


def remove(pair: Pair, title: str | None = None) -> Fix | None:
    """Takes out a key with its value: of a key that stands twice the second. Not safe where a comment would be lost."""
    at = layout(pair.key.span.source)
    title = title or f"take out the second `{pair.key.text}`"
    mapping, index = at.keys[pair.key.span.start]
    return _removed(at, mapping, index, pair.key.span.start, title)


def remove_item(items: Items, index: int, title: str) -> Fix | None:
    """Takes an item out of a list of several. Not safe where a comment would be lost."""
    at = layout(items.span.source)
    collection = at.lists.get(items.span.start)
    if collection is None or len(collection.entries) != len(items.items):
        return None
    start = collection.entries[index].start
    if not collection.flow:
        line = at.begin(at.line_at(start))
        if at.text[line:start].strip(" ") != "-":
            return None
        start = at.text.rindex("-", line, start)
    fix = _removed(at, collection, index, start, title)
    return replace(fix, safe=False) if fix is not None and at.shared(collection.start) else fix


def wrap(node: Scalar, title: str, *, safe: bool = True) -> Fix | None:
    """A bare value as a list of one."""
    text = node.span.text
    safe = safe and not layout(node.span.source).shared(node.span.start)
    if node.value is None or text[:1] in ("&", "*", "!", "|", ">"):
        return None
    list_, _ = read(Source("", f"[{text}]"))
    if isinstance(list_, Items) and len(list_.items) == 1 and same(list_.items[0], node):
        return Fix(node.span, f"[{text}]", title, safe)
    # What is bare in a block may need quotes between brackets; it has a comma or a bracket, and so is text.
    return Fix(node.span, f"[{quoted(node.text)}]", title, safe)


def rename(pair: Pair, name: str, title: str, *, safe: bool = True) -> Fix | None:
    """Another name for a key; its quotes are kept."""
    text = pair.key.span.text
    if text[:1] in ("&", "*", "!", "|", ">", ""):
        return None
    safe = safe and not layout(pair.key.span.source).shared(pair.key.span.start)
    bare = bool(_NAME.match(name)) and isinstance(plain(name), str)
    quote = text[0] if text[0] in "'\"" else ""
    return Fix(pair.key.span, f"{quote}{name}{quote}" if bare else quoted(name), title, safe)


# ── Taking away ───────────────────────────────────────────────────────────


def _left(at: Layout, top: Collection, home: Collection, piece: Piece) -> Edit | None:
    """The piece taken out; with it the section that held nothing else."""
    if home is top or len(home.entries) > 1:
        return _without(at, piece.first, piece.last, piece.indent, piece.entry)
    section = next((e for e in top.entries if e.value == home.start), None)
    whole = None if section is None else at.piece(section, section.start)
    if section is None or whole is None:
        return None
    head = at.leaves[section.head]
    silent = at.text[head.end : at.begin(piece.first)].strip() == ":" and whole.first == at.line_at(section.start)
    if silent and not at.later_comments(piece.last + 1, whole.indent + 1):
        return _without(at, whole.first, piece.last, whole.indent, section)
    return _without(at, piece.first, piece.last, piece.indent, piece.entry)


def _without(at: Layout, first: int, last: int, indent: int, entry: Entry) -> Edit | None:
    """The lines taken out, with one of two blank lines that would meet; None where a scalar before takes in more."""
    before = at.leaves[entry.head - 1] if entry.head else None
    if before is not None and (before.open_ended or (before.block and at.later_comments(last + 1, indent + 1))):
        return None
    if last == at.lines and at.blank(first - 1):
        first -= 1
    elif (first == 1 or at.blank(first - 1)) and at.blank(last + 1):
        last += 1
    return Edit(at.source.span(at.begin(first), at.begin(last + 1)), "")


def _removed(at: Layout, collection: Collection, index: int, start: int, title: str) -> Fix | None:
    entry = collection.entries[index]
    if len(collection.entries) < 2 or at.odd_breaks:
        return None
    if collection.flow:
        edit = _between(at, collection, index)
    else:
        piece = at.piece(entry, start)
        edit = None if piece is None else _without(at, piece.first, piece.last, piece.indent, entry)
    if edit is None or at.marked(edit.span.start, edit.span.end, anchors=True):
        return None
    return Fix(edit.span, "", title, safe=not _loses_comments(at, edit))


def _between(at: Layout, collection: Collection, index: int) -> Edit | None:
    """An entry of a flow collection with the comma before it; of the first one, with the comma after it."""
    entry = collection.entries[index]
    start, end = entry.start, at.leaves[entry.tail].end
    if index:
        start = at.leaves[collection.entries[index - 1].tail].end
        gap = at.text[start : entry.start]
    else:
        gap = at.text[end : collection.entries[1].start]
        end += len(gap)
    return Edit(at.source.span(start, end), "") if _GAP.match(gap) else None


def _loses_comments(at: Layout, edit: Edit) -> bool:
    """Whether a comment in the span stands nowhere else."""
    taken = Counter(comment.text for comment in at.comments(edit.span.start, edit.span.end))
    return any(number == at.all_comments[text] for text, number in taken.items())


# ── Putting in ────────────────────────────────────────────────────────────


def _indented(at: Layout, piece: Piece, indent: int) -> str | None:
    """The lines of the piece at another indentation; None where they would say something else."""
    lines = [at.source.line(n) for n in range(piece.first, piece.last + 1)]
    if any(line.lstrip(" ").startswith("\t") for line in lines):
        return None
    shift = indent - piece.indent
    if shift >= 0:
        moved = "\n".join(" " * shift + line if line else line for line in lines)
    else:
        moved = "\n".join(line[min(-shift, len(line) - len(line.lstrip(" "))) :] for line in lines)
    before, _ = read(Source("", "\n".join(lines)))
    after, _ = read(Source("", moved))
    return moved if before is not None and after is not None and same(before, after) else None


def _appended(at: Layout, target: Collection, piece: Piece) -> list[Edit] | None:
    """After the last entry of a section and the comments that follow it directly."""
    if not target.plain or target.named("<<") or at.shared(target.start):
        return None
    first = at.piece(target.entries[0], target.start)
    tail = at.leaves[target.entries[-1].tail]
    if first is None or tail.open_ended:
        return None
    last = at.deeper(at.line_at(tail.end) + 1, first.indent)
    text = _indented(at, piece, first.indent)
    if text is None or (_ends_in_block(at, piece) and at.later_comments(last + 1, first.indent + 1)):
        return None
    end = at.begin(last + 1)
    if end == len(at.text) and not at.text.endswith("\n"):
        return [Edit(at.source.span(end, end), "\n" + text + _last_end(at, piece))]
    return [Edit(at.source.span(end, end), text + "\n")]


def _filled(at: Layout, top: Collection, section: Entry, piece: Piece) -> list[Edit] | None:
    """Below the key of a section that has nothing."""
    key, tail = at.leaves[section.head], at.leaves[section.tail]
    whole = at.piece(section, section.start)
    written = at.text[key.end : tail.end]
    if whole is None or "\n" in written or at.shared(section.start) or not written.lstrip().startswith(":"):
        return None
    if not _NOTHING.match(written.lstrip()[1:]):
        return None
    indent = _indentation(at, top, whole.indent)
    text = _indented(at, piece, indent)
    if text is None or (_ends_in_block(at, piece) and at.later_comments(whole.last + 1, indent + 1)):
        return None
    colon = at.text.index(":", key.end) + 1
    emptied = [Edit(at.source.span(colon, tail.end), "")] if tail.end > colon else []
    # The edit stands on a character, so that a second one that fills the same section collides with it.
    end = at.begin(whole.last + 1)
    if at.text[end - 1] == "\n":
        return [*emptied, Edit(at.source.span(end - 1, end), f"\n{text}\n")]
    text += _last_end(at, piece)
    if emptied and tail.end == end:
        return [Edit(emptied[0].span, "\n" + text)]
    return [*emptied, Edit(at.source.span(end - 1, end), f"{at.text[end - 1]}\n{text}")]


def _at_the_end(at: Layout, top: Collection, piece: Piece, to: str, taken: Edit) -> list[Edit] | None:
    """A new section after everything else."""
    tail, size = at.leaves[top.entries[-1].tail], len(at.text)
    first = at.piece(top.entries[0], top.start)
    if first is None or tail.open_ended or not _NAME.match(to) or _END.search(at.text, tail.end):
        return None
    text = _indented(at, piece, _indentation(at, top, first.indent))
    if text is None:
        return None
    left = at.text[: taken.span.start] + at.text[taken.span.end :]
    space = "" if not left or left.endswith("\n\n") else "\n" if left.endswith("\n") else "\n\n"
    section = f"{space}{' ' * first.indent}{to}:\n{text}{_last_end(at, piece)}"
    if taken.span.end == size:
        return [Edit(at.source.span(size, size), section)]
    # On a character, as above: two sections of one name would be made else.
    return [Edit(at.source.span(size - 1, size), at.text[-1] + section)]


def _indentation(at: Layout, top: Collection, least: int) -> int:
    """How far the first section of a document indents what it holds; `least` is where the sections stand."""
    for entry in top.entries:
        section = at.mappings.get(entry.value)
        if section is not None and not section.flow:
            piece = at.piece(section.entries[0], section.start)
            if piece is not None and piece.indent > least:
                return piece.indent
    return least + 2


def _last_end(at: Layout, piece: Piece) -> str:
    """What ends the last line of the file: what ended it before, but a block scalar counts the end of its line."""
    return "\n" if at.text.endswith("\n") or _ends_in_block(at, piece) else ""


def _ends_in_block(at: Layout, piece: Piece) -> bool:
    return at.leaves[piece.entry.tail].block


def _fix(source: Source, edits: list[Edit], title: str, safe: bool) -> Fix:
    """Edits that touch become one."""
    joined: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        if joined and joined[-1].span.end >= edit.span.start:
            last = joined.pop()
            end = max(last.span.end, edit.span.end)
            edit = Edit(source.span(last.span.start, end), last.text + edit.text)
        joined.append(edit)
    main = next((e for e in joined if e.text), joined[0])
    return Fix(main.span, main.text, title, safe, tuple(e for e in joined if e is not main))
