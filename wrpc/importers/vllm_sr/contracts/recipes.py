"""Recipes, entrypoints and projections: names that are given twice, reserved, or stand for nothing."""

from __future__ import annotations

from collections.abc import Iterable

from wrpc.diagnostics import finding
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.nodes import entries_of, keys_of, named, place, text_of
from wrpc.importers.vllm_sr.contracts.judged import Judged, Profile, filled, texts

PROFILE = (
    "candidate_requirements", "data_policy", "model_bindings", "signals", "projections", "decisions", "strategy",
)  # fmt: skip
LOOPERS = (("remom", "vllm-sr/remom"), ("fusion", "vllm-sr/fusion"), ("flow", "vllm-sr/flow"))
AUTO = ("vllm-sr/auto", "auto")


def judge(judged: Judged) -> None:
    recipes = _recipes(judged)
    _entrypoints(judged, recipes)
    for profile in judged.profiles:
        _projections(judged, profile)


def _recipes(judged: Judged) -> set[str]:
    top = keys_of(judged.root, "routing")
    owns = top is not None and any(filled(top.get(key)) for key in PROFILE)
    taken = {"default"}
    explicit = False
    for recipe in entries_of(judged.root, "recipes"):
        name = (text_of(recipe, "name") or "").strip()
        at = named(recipe)
        if not name:
            judged.refuse("a recipe's `name` is empty", at)
        if name == "@global":
            judged.refuse("the recipe name `@global` is reserved", at)
        if name in taken and not (name == "default" and not owns and not explicit):
            message = f"two recipes are called `{name}`" if name != "default" else "`default` is the file's own routing"
            judged.say(codes.DUPLICATE_NAME, message, at)
        explicit = explicit or name == "default"
        taken.add(name)
    return taken


def _reserved(judged: Judged) -> set[str]:
    names = {*judged.models, *judged.cards}
    names |= {
        name for card in judged.cards.values() for lora in entries_of(card, "loras") if (name := text_of(lora, "name"))
    }
    settings = keys_of(judged.root, "global")
    router = keys_of(settings, "router")
    if router is not None and "auto_model_names" in router:
        names |= {text.strip() for text, _ in texts(router, "auto_model_names") if text.strip()}
    else:
        own = text_of(router, "auto_model_name") if router is not None else None
        names |= {*AUTO, (own or "MoM").strip()}
    looper = keys_of(keys_of(settings, "integrations"), "looper")
    for family, default in LOOPERS:
        own_names = {text.strip() for text, _ in texts(keys_of(looper, family), "model_names") if text.strip()}
        names |= own_names or {default}
    return {name for name in names if name}


def _entrypoints(judged: Judged, recipes: set[str]) -> None:
    reserved, claimed = _reserved(judged), set[str]()
    for entry in entries_of(judged.root, "entrypoints"):
        recipe = (text_of(entry, "recipe") or "").strip()
        if not recipe and "recipe" in entry:
            judged.refuse("an entrypoint's `recipe` is empty", place(entry, "recipe"))
        elif "recipe" in entry and recipe not in recipes:
            message = f"an entrypoint names the recipe `{recipe}`, which is not declared"
            judged.dangling(message, place(entry, "recipe"), recipe, recipes)
        names = dict.fromkeys(text.strip() for text, _ in texts(entry, "model_names") if text.strip())
        if not names and "model_names" in entry:
            judged.refuse("an entrypoint's `model_names` names nothing", place(entry, "model_names"))
        for name in names:
            at = place(entry, "model_names")
            if name in claimed:
                judged.say(codes.DUPLICATE_NAME, f"the model name `{name}` has two entrypoints", at)
            claimed.add(name)
            if name in reserved:
                judged.refuse(f"the model name `{name}` of an entrypoint is a model's own, or a reserved one", at)


def _projections(judged: Judged, profile: Profile) -> None:
    section = keys_of(profile.routing, "projections")
    _twice(judged, entries_of(section, "partitions"), "partitions")
    _twice(judged, (o for m in entries_of(section, "mappings") for o in entries_of(m, "outputs")), "outputs")


def _twice(judged: Judged, entries: Iterable[Keys], what: str) -> None:
    seen = set[str]()
    for entry in entries:
        name = text_of(entry, "name")
        if name is not None and name in seen:
            message = f"two {what} are called `{name}`; the first counts here"
            judged.report.add(finding(codes.DUPLICATE_NAME, message, named(entry)))
        seen.add(name or "")
