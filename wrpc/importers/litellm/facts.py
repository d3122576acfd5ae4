"""What a release of LiteLLM reads, takes and knows: data, which `scripts/litellm_facts` finds in the program.

A release is two files of `releases/`: the settings, words and providers, and the table of models, which is read when a
model is asked for. `beyond.json` is what its declarations do not say and the running program shows: what else a key
takes, and what comes of a value that does not fit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from urllib.parse import urlparse

DEFAULT = "1.106.2"
FOLDER = files("wrpc.importers.litellm") / "releases"
TABLE, BEYOND = ".models.json", "beyond.json"
# The sections between which a key is misplaced: the file's three blocks and its top level.
MAIN = ("router_settings", "litellm_settings", "general_settings", "")
HASH = 64  # Replicate's names end in a colon and so many digits.
BEDROCK = frozenset({"bedrock", "bedrock_converse"})
LOOSE = (1, 106, 2)  # 1.91.5 is not
# What stands between `bedrock/` and the name, in the order in which it is taken off.
ROUTES = ("bedrock/", "chat_completions/", "converse/", "invoke/", "openai/", "mantle/", "nova-2/", "nova/")
NOTHING: Mapping[str, str] = MappingProxyType({})


def _releases() -> tuple[str, ...]:
    found = (each.name for each in FOLDER.iterdir() if each.name.endswith(".json") and not each.name.endswith(TABLE))
    names = (name.removesuffix(".json") for name in found if name != BEYOND)
    return tuple(sorted(names, key=_order, reverse=True))


def _order(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release))


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_bytes())


RELEASES: tuple[str, ...] = _releases()
SHOWN: Mapping[str, Any] = _read(BEYOND)
VARIABLE: str = SHOWN["variable"]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model's row in the cost map: None where it says nothing."""

    name: str
    provider: str | None
    mode: str | None
    context: int | None
    output: int | None


@dataclass(frozen=True)
class Facts:
    """One release."""

    release: str
    sections: Mapping[str, Mapping[str, str]]
    words: Mapping[str, tuple[str, ...]]
    providers: frozenset[str]
    data: Mapping[str, Any]

    def known(self, section: str) -> Mapping[str, str]:
        """The keys that a section has, each with its type; `""` is the top level of the file."""
        return self.sections.get(section, NOTHING)

    def taken(self, section: str, key: str) -> str:
        """The type of a key that the section has, as the program shows it, else as it declares it."""
        declared = self.known(section)[key]
        return str(SHOWN["shapes"].get(section, NOTHING).get(key, declared))

    def home(self, key: str, among: Sequence[str] = MAIN) -> tuple[str, ...]:
        """The sections that have a key, the one that counts first."""
        found = [section for section in among if key in self.known(section)]
        if MAIN[0] in found and MAIN[1] in found and key not in self.overriding:
            found.remove(MAIN[0])
            found.insert(found.index(MAIN[1]) + 1, MAIN[0])
        return tuple(found)

    @property
    def overriding(self) -> frozenset[str]:
        """Keys of `router_settings` that go before the same key of `litellm_settings`."""
        return frozenset(self.data["overriding"])

    @property
    def inert(self) -> frozenset[str]:
        """Keys of `litellm_settings` that set something which nothing reads."""
        return frozenset(self.data["inert"])

    @property
    def licensed(self) -> frozenset[str]:
        """Keys of `general_settings` that stop a program without a licence."""
        return frozenset(self.data["licensed"])

    def reads(self, provider: str | None, key: str) -> bool:
        """Whether a provider reads a parameter that only some do."""
        owners = self.data["owners"].get(key)
        return owners is None or provider is None or provider in owners

    @property
    def guardrails_stop(self) -> bool:
        """Whether a guardrail that cannot be made stops the start; it is left out otherwise."""
        return bool(self.data["guardrails"] == "stops")

    @property
    def first_decides(self) -> bool:
        """Whether a group goes by weights only where its first deployment has one."""
        return bool(self.data["shuffle"] == "first")

    @property
    def strategies(self) -> tuple[str, ...]:
        """What `routing_strategy` may say."""
        return self.words["routing_strategy"]

    @property
    def router_ignored(self) -> frozenset[str]:
        """Parameters of the router that mean nothing in `router_settings`; any unknown key is ignored as well."""
        return frozenset(self.data["router_ignored"])

    @property
    def router_stops(self) -> frozenset[str]:
        """Keys that stop the start when they stand in `router_settings`."""
        return frozenset(self.data["router_stops"])

    @property
    def refused(self) -> frozenset[str]:
        """Keys of `router_settings` that the router has and no file can satisfy."""
        return frozenset(self.data["refused"])

    def prompt(self, model: str) -> bool:
        """Whether a `litellm_params.model` names a prompt kept elsewhere, so that no provider is asked for."""
        prefix, slash, _ = model.partition("/")
        return bool(slash) and prefix in self.data["prompts"]

    def provider(self, model: str, custom_llm_provider: str | None = None, api_base: str | None = None) -> str | None:
        """Who answers a `litellm_params.model`, None where the program does not know."""
        if model.startswith("azure/") and model in self.elsewhere:
            return self.elsewhere[model]
        if custom_llm_provider and model.partition("/")[0] != custom_llm_provider:
            model = f"{custom_llm_provider}/{model}"
        prefix, slash, _ = model.partition("/")
        if prefix != "azure" and model in self.elsewhere:
            return self.elsewhere[model]
        if prefix in self.providers:
            return prefix if slash else None
        try:
            found = (api_base and self.endpoint(api_base)) or self.bare(model)
            return found if found in self.providers else None  # the address of one that is gone is still known
        except ValueError:  # an address that cannot be taken apart: the program refuses the deployment
            return None

    def bare(self, model: str) -> str | None:
        """The provider of a name that has no provider before it."""
        named: Mapping[str, str] = self.data["bare"]
        if model in named:
            return named[model]
        if model == "*":
            return "openai"
        if len(model.partition(":")[2].partition(":")[0]) == HASH:
            return "replicate"
        for text, provider in self.data["prefixes"]["contains"]:
            if text in model:
                return str(provider)
        for text, provider in self.data["prefixes"]["starts"]:
            if model.startswith(text):
                return str(provider)
        return next((provider for pattern, provider in self.patterns if pattern.search(model)), None)

    def endpoint(self, api_base: str) -> str | None:
        """The provider whose address `api_base` is, which an unknown name is sent to."""
        host, path = _address(api_base)
        return next((who for known, under, who in self.endpoints if host == known and _under(path, under)), None)

    def model(self, model: str, custom_llm_provider: str | None = None) -> ModelFacts | None:
        """A model's row in the cost map, as the router looks it up; else as it is found by the name alone."""
        provider = self.provider(model, custom_llm_provider)
        if provider is not None:
            rest = self.rest(model, custom_llm_provider)
            name = rest if rest.startswith(f"{provider}/") else f"{provider}/{rest}"
            if (row := self.row(name, self.provider(name))) is not None:
                return row
        return None if custom_llm_provider else self.row(model, provider)

    def row(self, model: str, provider: str | None) -> ModelFacts | None:
        """The first row of a name that speaks for the provider."""
        for name in self.names(model, provider):
            key = name if name in self.models else self.folded.get(name.lower(), "")
            row = self.models.get(key)
            if row is not None and _same(provider, row[0]):
                return ModelFacts(key, *row)
        return None

    def rest(self, model: str, given: str | None = None) -> str:
        """A name without the provider before it, where the program takes it off."""
        prefix, slash, rest = model.partition("/")
        if not slash or prefix not in self.providers or (given and prefix != given):
            return model
        if prefix == "azure" and model in self.elsewhere:
            return model
        if prefix == "bedrock_mantle" and self.loose:
            region, slash, name = rest.partition("/")
            return name if slash and region in self.data["bedrock"]["regions"] else rest
        return rest

    def names(self, model: str, provider: str | None) -> Iterator[str]:
        """The names under which the program looks for a model, in its order."""
        rest = self.rest(model)
        plain = _routeless(rest) if provider in BEDROCK and self.loose else rest
        stripped = self.stripped(model, provider)
        yield model
        yield from (plain, stripped) if self.loose else (stripped, plain)
        if provider == "fireworks_ai" and self.loose:
            kind = "" if rest.startswith(("models/", "routers/")) else "models/"
            yield f"fireworks_ai/accounts/fireworks/{kind}{rest}"

    def stripped(self, model: str, provider: str | None) -> str:
        """A name without what tells one edition of a model from another."""
        if provider in BEDROCK:
            name = _routeless(model)
            name = name.rpartition("/")[2] if "arn" in name.lower() else name
            name = re.sub(r"\[\w+\]$", "", re.sub(r"(:\d+):\d+k$", r"\1", name))
            across, dot, rest = name.partition(".")
            if dot and across in self.data["bedrock"]["across"]:
                return rest
            region, slash, rest = name.partition("/")
            return rest if slash and region in self.data["bedrock"]["regions"] else name
        if provider in {"vertex_ai", "gemini", "databricks"}:
            return re.sub(r"-\d+$", "", model)
        if "ft:" in model:
            return re.sub(r"(:[^:]*){3}$", "", model)
        return re.sub(r"-\d{4}-\d{2}-\d{2}$", "", model) if self.loose else model

    @property
    def loose(self) -> bool:
        """Whether a model is found by less than its name: without its date or route, or by Fireworks' short name."""
        return _order(self.release) >= LOOSE

    @cached_property
    def elsewhere(self) -> Mapping[str, str]:
        """Names whose prefix is one provider's and that another answers."""
        made: Mapping[str, str] = self.data["elsewhere"]
        return made

    @cached_property
    def patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(pattern, re.IGNORECASE), provider) for pattern, provider in self.data["patterns"])

    @cached_property
    def endpoints(self) -> tuple[tuple[str, str, str], ...]:
        return tuple((*_address(known), provider) for known, provider in self.data["endpoints"].items() if provider)

    @cached_property
    def models(self) -> Mapping[str, list[Any]]:
        made: Mapping[str, list[Any]] = _read(self.release + TABLE)["models"]
        return made

    @cached_property
    def folded(self) -> Mapping[str, str]:
        return {name.lower(): name for name in self.models}


def _routeless(model: str) -> str:
    for route in ROUTES:
        model = model.removeprefix(route)
    return model


def _address(url: str) -> tuple[str, str]:
    parts = urlparse(url if "://" in url else f"https://{url}")
    return (parts.hostname or "").lower(), parts.path.rstrip("/")


def _under(path: str, parent: str) -> bool:
    return not parent or path == parent or path.startswith(f"{parent}/")


def _same(asked: str | None, told: str | None) -> bool:
    """Whether a row of one provider speaks for another, as the program takes it."""
    if asked is None or told is None or asked == told or asked in {"litellm_proxy", "github", "nadir"}:
        return True
    if asked in {"vertex_ai", "fireworks_ai"} and told.startswith(asked):
        return True
    if asked.startswith("bedrock") and told.startswith("bedrock"):
        return True
    return asked == "azure_ai" and told in {"azure", "openai"}


@cache
def facts(release: str = DEFAULT) -> Facts:
    """The facts of a release; KeyError for one that is not in `RELEASES`."""
    if release not in RELEASES:
        raise KeyError(release)
    data = _read(f"{release}.json")
    words = {name: tuple(each) for name, each in data["words"].items()}
    return Facts(release, data["sections"], words, frozenset(data["providers"]), data)
