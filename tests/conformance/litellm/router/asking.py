"""Every configuration through the real router once: the requests, what the router did, and the imported policy."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from wrpc.decide import Decision, decide
from wrpc.importers import importer
from wrpc.importers.importer import Imported
from wrpc.policy.load import from_tree
from wrpc.policy.model import Policy, Route
from wrpc.syntax.read import read

HERE = Path(__file__).resolve().parent
CONFIGS = {path.stem: path for path in sorted((HERE / "configs").glob("*.yaml"))}
SEED = 20261124

# Names that no configuration spells out: what wildcards take, and what nothing does.
OTHERS: Mapping[str, Sequence[str]] = {
    "groups": ["gpt-4o-mini", "GPT-4o", "nobody"],
    "aliases": ["gone", "gpt-4-turbo"],
    "wildcards": [
        "openai/gpt-4.1", "openai/x-mini", "anthropic/claude-sonnet-4-5", "anthropic/claude",
        "anthropic/other", "anthropic/claude-opus-4-5-20251101", "mistral/large", "gpt-4.1", "openai", "openai/",
        "OpenAI/gpt-4o", "some-model",
    ],
    "providers": [
        "openai/gpt-4o", "openai/gpt-4.1", "gpt-4.1", "gpt-4o", "gpt-nobody-knows", "gemini/gemini-2.5-pro",
        "gemini-2.5-pro", "azure/gpt-4.1", "azure/gpt-5", "azure/o3", "claude-sonnet-4-5", "hosted_vllm/other",
    ],
    "order": ["gpt-4o", "nobody"],
    "defaults": ["groq/llama-3.3-70b-versatile", "nobody", "gone", "openai/gpt-4o-mini"],
    "dangling": ["nobody", "gone", "removed"],
    "unknown": ["nobody", "retired", "openai/gpt-4.1"],
    "stars": ["nobody"],
    "targets": ["gone", "gemini/gemini-2.5-flash", "gemini"],
    "strings": ["openai/gpt-4.1", "nobody"],
    "prefixes": [
        "openai/gpt-5", "gpt-5", "openai/gpt-4.1", "gpt-4.1", "openai/gpt-4o", "openai/other", "openai/house", "house",
    ],
}  # fmt: skip

# What the driver raises, and what the language calls it. It has no word for a request that a provider refuses for its
# form or its key; such a failure is an `error`.
CAUSES = {
    "timeout": "timeout",
    "rate_limit": "rate_limit",
    "server_error": "server_error",
    "unavailable": "unavailable",
    "connection": "connection",
    "error": "error",
    "context": "context",
    "content_policy": "content_policy",
    "refusal": "refusal",
    "bad_request": "error",
    "authentication": "error",
    "not_found": "error",
}
OFTEN = ("timeout", "context", "content_policy")
# A deployment that answers so rests at once, and a group goes on to those that have no share beside it.
RESTING = "rate_limit"
RETRIES = 5


@dataclass(frozen=True, slots=True)
class Deployment:
    id: str
    group: str
    order: int | None


@dataclass(frozen=True, slots=True)
class Asking:
    """A request, and the deployments that fail by one cause; `rests`: who fails is not asked again."""

    model: str
    cause: str | None = None
    fails: frozenset[str] = frozenset()
    rests: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`attempts` has the pool of each call, and the cause by which it failed; `end` is None where one answered."""

    asked: Asking
    attempts: tuple[tuple[str, str | None], ...]
    end: Mapping[str, Any] | None


@dataclass(frozen=True)
class Asked:
    """One configuration."""

    path: Path
    requests: list[Asking] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @cached_property
    def file(self) -> dict[str, Any]:
        loaded: dict[str, Any] = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        return loaded

    @cached_property
    def deployments(self) -> Mapping[str, Deployment]:
        """By id, which is the name of the pool; what the program leaves out at its start has none."""
        made = [
            Deployment(entry["model_info"]["id"], entry["model_name"], entry["litellm_params"].get("order"))
            for entry in self.file["model_list"]
            if entry["model_info"]["id"] in self.policy.pools
        ]
        assert {d.id: d.group for d in made} == {n: p.labels["group"] for n, p in self.policy.pools.items()}
        return {d.id: d for d in made}

    @cached_property
    def names(self) -> list[str]:
        """Everything that a request may ask for: groups, aliases, ids, model strings, and names of no one's."""
        entries = self.file["model_list"]
        aliases = self.file.get("router_settings", {}).get("model_group_alias", {})
        written = [name for e in entries for name in (e["model_name"], e["litellm_params"]["model"])]
        ids = [e["model_info"]["id"] for e in entries]
        return list(dict.fromkeys([*written, *ids, *aliases, *OTHERS.get(self.path.stem, ())]))

    @cached_property
    def imported(self) -> Imported:
        return importer("litellm").read(read(self.path))

    @cached_property
    def policy(self) -> Policy:
        (imported,) = self.imported.policies
        policy, found = from_tree(imported.tree)
        assert policy is not None, [d.message for d in found.diagnostics]
        return policy

    def decision(self, name: str) -> Decision:
        return decide(self.policy, {"model": name})

    def route(self, decision: Decision) -> Route:
        return next(r for r in self.policy.answering if r.name == decision.route)

    def made(self) -> Iterator[Asking]:
        """The requests: undisturbed ones, ones for which everything fails, and ones for which half of it does."""
        chance = random.Random(f"{SEED} {self.path.stem}")
        entries = self.file["model_list"]
        uneven = {e["model_name"] for e in entries if {"weight", "rpm", "tpm"} & {*e, *e["litellm_params"]}}
        every = frozenset(entry["model_info"]["id"] for entry in entries)
        for name in self.names:
            for _ in range(250 if name in uneven else 20):
                yield Asking(name)
            for cause in CAUSES:
                for _ in range(3 if cause in OFTEN else 1):
                    yield Asking(name, cause, every)
            for cause in (*OFTEN, *OFTEN):
                yield Asking(name, cause, frozenset(d for d in sorted(every) if chance.random() < 0.5))
            for _ in range(3):
                yield Asking(name, RESTING, every, rests=True)

    def job(self) -> dict[str, Any]:
        self.requests.extend(self.made())
        made = [
            {"model": each.model, "fails": dict.fromkeys(each.fails, each.cause), "rests": each.rests and RETRIES}
            for each in self.requests
        ]
        return {"config": str(self.path), "seed": SEED, "requests": made}


def ask(python: Path) -> Mapping[str, Asked]:
    asked = {name: Asked(path) for name, path in CONFIGS.items()}
    jobs = json.dumps([each.job() for each in asked.values()])
    done = subprocess.run([python, HERE / "driver.py"], input=jobs, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    for each, said in zip(asked.values(), json.loads(done.stdout), strict=True):
        assert said["start"] is None, f"{each.path.name}: {said['start']}"
        for asking, answer in zip(each.requests, said["answers"], strict=True):
            each.answers.append(Answer(asking, tuple(map(tuple, answer["attempts"])), answer["end"]))
    return asked
