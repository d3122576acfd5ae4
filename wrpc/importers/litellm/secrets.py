"""Secrets that stand in the file, and `${…}` where `os.environ/` was meant. No message and no excerpt repeats one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from wrpc.diagnostics import Fix
from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import ENVIRONMENT, GENERAL, Config, variable
from wrpc.importers.nodes import entries_of, keys_of
from wrpc.source import Source, Span

# What the last words of a key say about its value.
_SECRET_KEY = re.compile(
    r"(^|_)(api_?key|master_key|salt_key|secret|secret_key|secret_access_key|password|passwd|token|access_key|"
    r"session_token|client_secret|private_key|license|license_key|webhook_url|credentials|dsn)\Z",
    re.IGNORECASE,
)
# Keys whose value is a credential whatever it looks like, where nobody writes a word for "none".
_SURE_KEY = re.compile(
    r"(^|_)(master_key|salt_key|password|passwd|secret|client_secret|secret_access_key)\Z", re.IGNORECASE
)
_HEADER = re.compile(
    r"\A((proxy-)?authorization|x-api-key|api-key|x-auth-token|ocp-apim-subscription-key)\Z", re.IGNORECASE
)
_SCHEME = re.compile(r"\A(bearer|basic|token)\s+", re.IGNORECASE)
# How a key begins that somebody made up by the rule of the program.
_MADE_UP = re.compile(r"sk-\S{8,}\Z")
LEAST = 6
_URL_KEY = re.compile(r"(url|uri|dsn|api_base|host)\Z", re.IGNORECASE)
_NO_SECRET_KEY = re.compile(r"(?i)(max|min|num|total|count|per|cost|price|limit|input|output|header|name|path|file)")
# The shapes that providers give their keys.
_SHAPES = re.compile(
    r"sk-(proj-|ant-|or-|svcacct-|lf-)[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9]{20,}|AIza[0-9A-Za-z_-]{30,}|A(K|S)IA[0-9A-Z]{16}"
    r"|gsk_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{20,}|xox[bap]-[0-9A-Za-z-]{10,}|gh[pousr]_[A-Za-z0-9]{20,}"
    r"|glpat-[A-Za-z0-9_-]{16,}|pplx-[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{20,}|xai-[A-Za-z0-9]{20,}|nvapi-[A-Za-z0-9_-]{20,}"
    r"|pk-lf-[0-9a-f-]{20,}|lsv2_[A-Za-z0-9_]{20,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|https://hooks\.slack\.com/services/\S{20,}"
)
_USER = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:([^/\s@]+)@", re.IGNORECASE)
# What stands for a secret and is none: whole texts, and words with nothing of a key around them.
_PLACEHOLDER = re.compile(
    r"(?i)\A(sk-)?(none|null|empty|anything|ignored|local|password|admin|secret|token|key|ollama|vllm|lm-?studio|bearer|"
    r"default|litellm)?\Z"
    r"|your|x{3,}|<.*>|\.\.\.|\*\*\*|example|placeholder|change.?me|redacted|goes.here|master[-_]?key"
    r"|(?<![a-z0-9])(replace|dummy|fake|insert|sample|my|todo|test|no|demo|not)(?![a-z0-9])"
    r"|(?<![a-z0-9])(1234[0-9]*|abcd[a-z]*)(?![a-z0-9])"
)
# Spellings that are near to the one that is looked up.
_NEAR = re.compile(r"(os\.environ|env|ENV)[.:](?P<name>[A-Za-z_][A-Za-z0-9_]*)\Z|.+os\.environ/")
_VARIABLE = re.compile(r"\$\{\s*(?P<long>[A-Za-z_][A-Za-z0-9_]*)[^}]*\}|\A\$(?P<short>[A-Z_][A-Z0-9_]*\Z)|\{\{.*\}\}")


ADVICE = f"write `{ENVIRONMENT}NAME`, give the process the variable, and replace the secret: it has been seen"


def read(config: Config) -> None:
    """Every scalar of every file, once."""
    variables = config.section("environment_variables")
    filled = _filled_in(config)
    for root in config.files:
        for key, node in _scalars(root):
            if not isinstance(node.value, str) or (ENVIRONMENT in node.value and id(node) in filled):
                continue
            named = variable(node)
            if variables is not None and named is not None and named in variables and named != key:
                _late(config, key, node, named, variables[named])
            if (secret := _secret(key, node.value)) is not None:
                _report(config, key, node, secret)
            elif (found := _VARIABLE.search(node.value)) is not None:
                _literal(config, key, node, found)
            elif (near := _NEAR.match(node.value)) is not None:
                _nearly(config, key, node, near["name"])
    _outside(config)


def cover(source: Source) -> None:
    """Hides what has the shape of a secret, in a text that is no configuration and is shown nevertheless."""
    for found in _SHAPES.finditer(source.text):
        source.hide(source.span(*found.span()))


def _filled_in(config: Config) -> frozenset[int]:
    """The headers of pass-through endpoints, where a reference is looked up inside a text, too."""
    general = config.section(GENERAL)
    found: list[int] = []
    for entry in entries_of(general, "pass_through_endpoints"):
        headers = keys_of(entry, "headers")
        found += [id(pair.value) for pair in (headers.pairs.values() if headers is not None else ())]
    return frozenset(found)


def _outside(config: Config) -> None:
    """What has the shape of a secret and is no value that counts: in a comment, or under a key that stands twice."""
    for source in {id(root.span.source): root.span.source for root in config.files}.values():
        for found in _SHAPES.finditer(source.text):
            if any(a < found.end() and found.start() < b for a, b in source.hidden) or _PLACEHOLDER.search(found[0]):
                continue
            at = source.span(*found.span())
            source.hide(at)
            message = f"the text has a secret in clear, {len(found[0])} characters long"
            config.say(codes.CLEARTEXT_SECRET, message, at, "otherwise", help=ADVICE)


def _scalars(root: Node) -> Iterator[tuple[str, Scalar]]:
    """Each scalar with the key that it stands under; what an alias repeats comes once."""
    seen: set[int] = set()
    left: list[tuple[str, Node]] = [("", root)]
    while left:
        key, node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Keys():
                left += [(name, pair.value) for name, pair in node.pairs.items()]
            case Items():
                left += [(key, item) for item in node.items]
            case Scalar():
                yield key, node


def _secret(key: str, text: str) -> str | None:
    """The part of a text that is a secret."""
    if text.startswith((ENVIRONMENT, "$", "{{")) or "${" in text or _NEAR.match(text) is not None:
        return None
    shape = _SHAPES.search(text)
    if shape is not None:
        return None if _PLACEHOLDER.search(shape[0]) else shape[0]
    user = _USER.search(text)
    if user is not None and (_URL_KEY.search(key) or "://" in text[:20]):
        return None if _PLACEHOLDER.search(user[1]) or user[1][0] == "$" or len(user[1]) < 6 else user[1]
    if _HEADER.match(key):
        scheme = _SCHEME.match(text)
        rest = text[scheme.end() :] if scheme is not None else text
        return rest if _written(rest) and (scheme is not None or _random(rest) or _MADE_UP.match(rest)) else None
    if _SURE_KEY.search(key) and _written(text):
        return text
    if _SECRET_KEY.search(key) and not _NO_SECRET_KEY.search(key) and (_random(text) or _made_up(text)):
        return text
    return None


def _written(text: str) -> bool:
    """One word that stands for itself."""
    named = text.startswith((ENVIRONMENT, "$", "{{")) or ENVIRONMENT in text
    return len(text) >= LEAST and not named and not any(c.isspace() for c in text) and not _PLACEHOLDER.search(text)


def _made_up(text: str) -> bool:
    return _written(text) and _MADE_UP.match(text) is not None and any(c.isdigit() for c in text)


def _random(text: str) -> bool:
    """Long, of one word, with letters and digits mixed as nobody writes them by hand."""
    if len(text) < 16 or any(c.isspace() for c in text) or _PLACEHOLDER.search(text) or "/" in text[:8]:
        return False
    kinds = sum((any(c.isdigit() for c in text), any(c.islower() for c in text), any(c.isupper() for c in text)))
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(text))
    return kinds >= 2 and (changes >= 4 or len(set(text)) >= 16) and len(set(text)) >= 8


def _report(config: Config, key: str, node: Scalar, secret: str) -> None:
    source, text = node.span.source, node.span.text
    at = text.find(secret)
    source.hide(node.span if at < 0 else Span(source, node.span.start + at, node.span.start + at + len(secret)))
    named = f"`{key}`" if key else "the file"
    message = f"{named} holds a secret in clear, {len(secret)} characters long"
    config.say(codes.CLEARTEXT_SECRET, message, node.span, "otherwise", help=ADVICE)


def _literal(config: Config, key: str, node: Scalar, found: re.Match[str]) -> None:
    named = found["long"] or found["short"]
    written = "a template" if named is None else f"`${{{named}}}`" if found["long"] else f"`${named}`"
    message = f"`{key}` holds {written}, which {config.program} sends unchanged"
    whole = named is not None and found.span() == (0, len(node.text))
    fix = Fix(node.span, f"{ENVIRONMENT}{named}", f"write `{ENVIRONMENT}{named}`", safe=False) if whole else None
    advice = f"write `{ENVIRONMENT}{named}`, unless a tool fills it in first" if whole else None
    config.say(codes.LITERAL_VARIABLE, message, node.span, "note", help=advice, fixes=[fix])


def _nearly(config: Config, key: str, node: Scalar, named: str | None) -> None:
    """Only text that begins with `os.environ/` is looked up."""
    fix = Fix(node.span, f"{ENVIRONMENT}{named}", f"write `{ENVIRONMENT}{named}`", safe=False) if named else None
    message = f"`{key}` refers to a variable in a way that {config.program} does not look up, and sends it unchanged"
    advice = f"a value is `{ENVIRONMENT}NAME` and nothing else"
    config.say(codes.LITERAL_VARIABLE, message, node.span, "note", help=advice, fixes=[fix])


def _late(config: Config, key: str, node: Scalar, named: str, given: Node) -> None:
    """What a provider's library reads by itself works: `OPENAI_API_KEY` and its like. So does what the process has
    anyhow, as a variable that is set to itself says."""
    own = named.partition("_")[0].lower() in config.facts.providers and key == "api_key"
    text = given.text if isinstance(given, Scalar) else ""
    own = own or not text or text in (f"{ENVIRONMENT}{named}", f"${named}") or text.startswith(f"${{{named}")
    message = (
        f"`{key}` refers to `{named}`, which `environment_variables` sets only after {config.program} looked it up"
    )
    one = "of a provider" if own else named
    config.say(codes.LATE_VARIABLE, message, node.span, "note" if own else "otherwise", one=one)
