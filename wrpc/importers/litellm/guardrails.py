"""Guardrails: those that never run, and names of guardrails that no entry defines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wrpc.diagnostics import did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers import edits
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import ENDS, SETTINGS, Config, Effect
from wrpc.importers.nodes import bool_of, entries_of, items_of, keys_of, line, place, text_of
from wrpc.importers.schema import FLAGS

LEFT_OUT = "leaves the guardrail out, so nothing is guarded"


def _lost(config: Config) -> tuple[str, Effect]:
    """What becomes of a guardrail that the program cannot make."""
    return (ENDS["stops"], "stops") if config.facts.guardrails_stop else (LEFT_OUT, "otherwise")


def read(config: Config) -> None:
    for entry in items_of(config.root, "guardrails"):
        if isinstance(entry, Keys):
            _entry(config, entry)
        else:
            config.wrong(entry, "a mapping", "guardrails", "stops", called="a guardrail")
    _older(config)
    names = {name for e in entries_of(config.root, "guardrails") if (name := text_of(e, "guardrail_name")) is not None}
    names |= {name for e in items_of(config.section(SETTINGS), "guardrails") if isinstance(e, Keys) for name in e}
    _asked(config, names)
    _policies(config, names)


# ── Entries ───────────────────────────────────────────────────────────────


def _entry(config: Config, entry: Keys) -> None:
    for key in ("guardrail_name", "litellm_params"):
        if entry.get(key) is None:
            message = f"a guardrail has no `{key}`; {config.program} does not start"
            config.say(shared.MISSING_KEY, message, line(entry.key(key)), "stops")
    name = entry.get("guardrail_name")
    named = name is None or is_null(name) or text_of(entry, "guardrail_name") is not None
    if not named and name is not None and not config.facts.guardrails_stop:
        config.wrong(name, "text", "guardrail_name", "stops")
    own, params = config.facts.known("guardrail"), config.facts.known("guardrail_params")
    for key, pair in entry.pairs.items():
        if key in params and key not in own:
            end = "it runs only where a request or a deployment asks for it" if key == "default_on" else "it is ignored"
            message = f"`{key}` belongs in the `litellm_params` of the guardrail; beside them {end}"
            config.say(codes.MISPLACED_KEY, message, pair.key.span, "otherwise")
    given = keys_of(entry, "litellm_params")
    if given is not None:
        _params(config, given)


def _params(config: Config, params: Keys) -> None:
    end, effect = _lost(config)
    for key in ("guardrail", "mode"):
        if params.get(key) is None:
            message = f"a guardrail has no `{key}`; {config.program} {end}"
            config.say(shared.MISSING_KEY, message, line(params.span), effect)
    known, named = config.facts.words["guardrail"], text_of(params, "guardrail")
    if named is not None and named not in known and "." not in named:
        message = f"`{named}` is not a guardrail of {config.program}, which leaves it out: nothing is guarded"
        hint = did_you_mean(named, known)
        config.say(shared.UNKNOWN_WORD, message, place(params, "guardrail"), "otherwise", help=hint)
    modes = config.facts.words["guardrail_mode"]
    for mode in _modes(params.get("mode")):
        if mode.text not in modes:
            message = f"the guardrail never runs: `{mode.text}` is not a `mode` that {config.program} knows"
            config.say(codes.WITHOUT_EFFECT, message, mode.span, "otherwise", help=did_you_mean(mode.text, modes))
    always = params.get("default_on")
    if isinstance(always, Scalar) and not is_null(always) and always.text.lower() not in FLAGS:
        config.wrong(always, "`true` or `false`", "default_on", effect, end=f"{config.program} {end}")
    actions, entities = config.facts.words["pii_action"], keys_of(params, "pii_entities_config")
    for pair in entities.pairs.values() if entities is not None else ():
        if isinstance(pair.value, Scalar) and pair.value.text not in actions:
            message = f"`{pair.value.text}` is not an action for `{pair.key.text}`; {config.program} {end}"
            hint = did_you_mean(pair.value.text, actions)
            config.say(shared.UNKNOWN_WORD, message, pair.value.span, effect, help=hint)


def _modes(node: Node | None) -> Iterator[Scalar]:
    """The modes of a guardrail: one, several, or one a tag of the request."""
    match node:
        case Scalar() if isinstance(node.value, str):
            yield node
        case Items():
            for item in node.items:
                yield from _modes(item)
        case Keys():
            for key in ("tags", "default"):
                inner = node.get(key)
                for each in inner.pairs.values() if isinstance(inner, Keys) else ():
                    yield from _modes(each.value)
                if key == "default":
                    yield from _modes(inner)


def _older(config: Config) -> None:
    """The list in `litellm_settings` has another shape than the one at the top: `- name: {callbacks: [...]}`."""
    known = config.facts.words["callbacks"]
    for entry in items_of(config.section(SETTINGS), "guardrails"):
        if not isinstance(entry, Keys):
            continue
        if "guardrail_name" in entry:
            message = "a guardrail of this shape belongs in `guardrails` at the top of the file"
            at = entry.key("guardrail_name")
            config.say(codes.MISPLACED_KEY, f"{message}; {config.program} {ENDS['stops']}", at, "stops")
            continue
        for name, pair in entry.pairs.items():
            if not isinstance(pair.value, Keys):
                continue
            if pair.value.get("callbacks") is None:
                message = f"the guardrail `{name}` has no `callbacks`; {config.program} does not start"
                config.say(shared.MISSING_KEY, message, line(pair.key.span), "stops")
            for each in items_of(pair.value, "callbacks") if bool_of(pair.value, "default_on") is True else ():
                if isinstance(each, Scalar) and each.text not in known and "." not in each.text:
                    message = f"`{each.text}` is not a callback; {config.program} does not start"
                    hint = did_you_mean(each.text, known)
                    config.say(shared.UNKNOWN_WORD, message, each.span, "stops", help=hint)


# ── Names ─────────────────────────────────────────────────────────────────


def _asked(config: Config, names: Iterable[str]) -> None:
    """The guardrails that deployments ask for."""
    for entry in entries_of(config.root, "model_list"):
        params = keys_of(entry, "litellm_params")
        pair = params.pairs.get("guardrails") if params is not None else None
        if pair is None:
            continue
        if isinstance(pair.value, Scalar) and isinstance(pair.value.value, str):
            message = f"`guardrails` is text, where a list is expected; {config.program} runs none of them here"
            fix = edits.wrap(pair.value, f"put `{pair.value.value}` into a list", safe=False)
            config.say(shared.WRONG_TYPE, message, pair.value.span, "otherwise", fixes=[fix])
        for each in _texts(pair):
            if each.text not in names:
                _missing(config, f"`{each.text}` is a guardrail that no entry defines, so it never runs", each, names)


def _policies(config: Config, names: Iterable[str]) -> None:
    """Policies add guardrails to requests; an unknown name stops the start."""
    policies = keys_of(config.root, "policies")
    for name, pair in policies.pairs.items() if policies is not None else ():
        policy = pair.value if isinstance(pair.value, Keys) else None
        lists = keys_of(policy, "guardrails")
        add = lists.pairs.get("add") if lists is not None else None
        for each in _texts(add) if add is not None else ():
            if each.text not in names:
                said = f"`{each.text}`, which the policy `{name}` adds, is a guardrail that no entry defines"
                _missing(config, said, each, names, stops=True)
        parent = policy.get("inherit") if policy is not None else None
        if isinstance(parent, Scalar) and policies is not None and parent.text not in policies:
            _missing(config, f"`{parent.text}`, whose heir is `{name}`, is not a policy", parent, policies, stops=True)
    for entry in entries_of(config.root, "policy_attachments"):
        named = entry.get("policy")
        if isinstance(named, Scalar) and named.text not in (policies or ()):
            message = f"`{named.text}` is not a policy of this file, so the attachment does nothing"
            effect: Effect = "ignored" if config.open is None else "note"
            hint = did_you_mean(named.text, policies or ())
            config.say(shared.DANGLING, message, named.span, effect, help=hint, one=f"policy {named.text}")


def _texts(pair: Pair) -> Iterator[Scalar]:
    node = pair.value
    for each in node.items if isinstance(node, Items) else ():
        if isinstance(each, Scalar) and isinstance(each.value, str):
            yield each


def _missing(config: Config, said: str, at: Scalar, known: Iterable[str], *, stops: bool = False) -> None:
    if config.open is not None:
        config.say(shared.DANGLING, f"{said}, unless {config.open} has it", at.span, "note", one=at.text)
        return
    effect: Effect = "stops" if stops else "fails"
    end = f"; {config.program} does not start" if stops else ""
    config.say(shared.DANGLING, said + end, at.span, effect, help=did_you_mean(at.text, known), one=at.text)
