"""A document made to fit the shapes: what does not fit is reported and left out, older keys get today's names.

What comes out can be read without a doubt about types: a `number` is an int or a Fraction, a `text` a str.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from wrpc.diagnostics import did_you_mean, finding, nearest
from wrpc.importers import codes
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null
from wrpc.importers.faults import Report, unknown_key, wrong_type
from wrpc.importers.nodes import line
from wrpc.importers.vllm_sr import shapes

VERSION = "v0.3"
_TOKENS = re.compile(r"\s*([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*([kKmM]?)\s*\Z")


def conform(node: Node, type_: str, key: str, report: Report) -> Node | None:
    """`node` as far as it is of a type; None where it is not. `key` is what messages call it."""
    match shapes.form(type_):
        case "list":
            return _items(node, type_[1:-1], key, report)
        case "map":
            return _map(node, type_[1:-1], key, report)
        case "shape":
            return _shape(node, type_, key, report)
        case "words":
            return _word(node, shapes.words(type_), key, report)
        case "range":
            return _number(node, type_, key, report)
        case _:
            return _plain(node, type_, key, report)


def _wrong(node: Node, expected: str, key: str, report: Report) -> Node | None:
    report.add(wrong_type(node, expected, key))
    return None


def _items(node: Node, type_: str, key: str, report: Report) -> Node | None:
    if not isinstance(node, Items):
        return _wrong(node, "a list", key, report)
    kept = (conform(item, type_, key, report) for item in node.items if not _empty(item, key, report))
    return replace(node, items=tuple(item for item in kept if item is not None))


def _empty(item: Node, key: str, report: Report) -> bool:
    if is_null(item):
        report.add(finding(codes.WRONG_TYPE, f"an entry of `{key}` is empty", item.span))
    return is_null(item)


def _map(node: Node, type_: str, key: str, report: Report) -> Node | None:
    if not isinstance(node, Keys):
        return _wrong(node, "a mapping", key, report)
    pairs = {}
    for name, pair in node.pairs.items():
        empty = is_null(pair.value) and type_ != "any"
        value = None if empty else conform(pair.value, type_, name, report)
        if value is not None:
            pairs[name] = Pair(pair.key, value)
    return replace(node, pairs=pairs)


def _shape(node: Node, name: str, key: str, report: Report) -> Node | None:
    if not isinstance(node, Keys):
        return _wrong(node, "a mapping", key, report)
    known = shapes.shape(name)
    pairs: dict[str, Pair] = {}
    for written, pair in node.pairs.items():
        today = _today(name, written, pair, known, report)
        if today is None or is_null(pair.value):
            continue
        type_ = known[today][0] if today in known else "any"
        value = conform(pair.value, type_, written, report)
        if value is not None and today not in pairs:
            pairs[today] = Pair(pair.key, value)
    close = {n for w in node.pairs if w not in known for n in nearest(w, known)}
    for wanted, (_, required) in known.items():
        if required and (wanted not in node.pairs or is_null(node[wanted])) and wanted not in close:
            report.add(finding(codes.MISSING_KEY, f"`{wanted}` is missing in {_article(key)}", line(node.span)))
    fitted = replace(node, pairs=pairs)
    return _plugin(fitted, report) if name == "decision_plugin" else fitted


def _article(key: str) -> str:
    return f"an entry of `{key}`" if key.endswith("s") or key in ("context", "structure", "pii", "kb") else f"`{key}`"


def _today(shape: str, written: str, pair: Pair, known: dict[str, tuple[str, bool]], report: Report) -> str | None:
    """Today's name of a key, None for one that is left out."""
    if written in known:
        return written
    if (shape, written) in shapes.OLDER:
        today = shapes.OLDER[shape, written]
        message = f"`{written}` is an older key; today it is `{today}`"
        report.add(finding(codes.OLDER_KEY, message, pair.key.span))
        return today
    if (shape, written) in shapes.GONE:
        message = f"`{written}` is an older key without a successor here: {shapes.GONE[shape, written]}"
        report.add(finding(codes.OLDER_KEY, message, pair.key.span))
        return written if (shape, written) in shapes.KEPT else None
    report.add(unknown_key(written, pair, known, f"`{written}` is no key here, so its value does not hold"))
    return None


def _plugin(node: Keys, report: Report) -> Keys:
    """A plugin with its configuration, whose keys depend on its type."""
    type_, configuration = node.get("type"), node.get("configuration")
    if not isinstance(type_, Scalar) or configuration is None:
        return node
    fitted = conform(configuration, shapes.PLUGINS[type_.text], "configuration", report)
    pairs = {"type": node.pairs["type"]}
    if fitted is not None:
        pairs["configuration"] = Pair(node.pairs["configuration"].key, fitted)
    return replace(node, pairs=pairs)


def _word(node: Node, words: tuple[str, ...], key: str, report: Report) -> Node | None:
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return _wrong(node, "a word", key, report)
    written = node.value.strip()
    for word in words:
        if word.lower() == written.lower():
            return replace(node, value=word, text=word)
    if key == "type" and written in shapes.OLDER_PLUGINS and shapes.OLDER_PLUGINS[written] in words:
        today = shapes.OLDER_PLUGINS[written]
        report.add(finding(codes.OLDER_KEY, f"`{written}` is an older name; today it is `{today}`", node.span))
        return replace(node, value=today, text=today)
    message = f"`{node.value}` is nothing that `{key}` takes"
    known = [w for w in words if w]
    hint = did_you_mean(written, known) or "known: " + ", ".join(f"`{w}`" for w in known)
    report.add(finding(codes.UNKNOWN_WORD, message, node.span, help=hint))
    instead = shapes.READ_AS.get(words)
    return None if instead is None else replace(node, value=instead, text=instead)


def _number(node: Node, type_: str, key: str, report: Report) -> Node | None:
    low, high, whole = shapes.RANGES[type_]
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | Fraction) or (whole and isinstance(value, Fraction)):
        return _wrong(node, "a whole number" if whole else "a number", key, report)
    if not low <= value <= high:
        bounds = f"below {low}" if high == shapes.INFINITE else f"outside {low} to {high}"
        message = f"`{key}` is {_text(node)}, {bounds}"
        report.add(finding(codes.OUT_OF_RANGE, message, node.span))
        return None
    return node


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _plain(node: Node, type_: str, key: str, report: Report) -> Node | None:
    if type_ == "any":
        return node
    if not isinstance(node, Scalar):
        return _wrong(node, {"bool": "`true` or `false`", "text": "text"}.get(type_, "a number"), key, report)
    value = node.value
    match type_:
        case "text" if isinstance(value, str):
            return node
        case "bool" if isinstance(value, bool):
            return node
        case "int" if isinstance(value, int) and not isinstance(value, bool):
            return node
        case "number" if isinstance(value, int | Fraction) and not isinstance(value, bool):
            return node
        case "tokens":
            return _tokens(node, key, report)
        case "version":
            return _version(node, report)
    expected = {"text": "text", "bool": "`true` or `false`", "int": "a whole number", "number": "a number"}[type_]
    return _wrong(node, expected, key, report)


def _tokens(node: Scalar, key: str, report: Report) -> Node | None:
    """A count of tokens, in which K is 1,000 and M a million; its value becomes an int."""
    if isinstance(node.value, bool):
        return _wrong(node, "a number of tokens such as `8K`", key, report)
    match = _TOKENS.match(node.text)
    if not match:
        if node.text.lstrip().startswith("-"):
            report.add(finding(codes.OUT_OF_RANGE, f"`{key}` is {node.text} tokens, below 0", node.span))
            return None
        return _wrong(node, "a number of tokens such as `8K`", key, report)
    scale = {"": 1, "K": 1000, "M": 1_000_000}[match[3].upper()]
    return replace(node, value=int(Fraction(match[1]) * scale))


def _version(node: Scalar, report: Report) -> Node:
    if node.text != VERSION:
        message = f"the configuration's version is `{node.text}`; `{VERSION}` is read"
        hint = "`vllm-sr config migrate` brings an older layout to it"
        report.add(finding(codes.UNKNOWN_WORD, message, node.span, help=hint))
    return node
