"""What a key does where it stands: which settings nothing reads, which section counts of two, what needs a licence."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from kinds import found
from syntax import literal

COMMON = "litellm.router_utils.common_utils"

# A read of an attribute of the module: not what it is set to, and not a call of a function of that name.
_READ = re.compile(r"\blitellm(?:_module)?\.(\w+)\b(?!\s*(?::[^=\n]+)?=(?!=))(?!\s*\()")
_NAMED = re.compile(r"(?:getattr\(\s*litellm,|litellm_settings(?:\.get\(|\[))\s*[\"'](\w+)")
_TAKEN = re.compile(r"from litellm import\s*(\([^)]*\)|[^\n]*)")


def effects(
    litellm: Any, folders: list[Path], sections: dict[str, dict[str, str]], special: set[str]
) -> dict[str, Any]:
    """`inert` are keys of `litellm_settings` that set an attribute which nothing reads; they leave the section."""
    read = set(_reads(folders)) | special
    settings = sections["litellm_settings"]
    inert = sorted(key for key in settings if key not in read)
    for key in inert:
        del settings[key]
    return {
        "inert": inert,
        "overriding": sorted(_overriding(litellm) & settings.keys()),
        "licensed": sorted(_licensed() & sections["general_settings"].keys()),
        "shuffle": _shuffle(),
        "refused": _refused(litellm),
        "guardrails": _guardrails(),
        # Parameters that only some providers read.
        "owners": {
            name: sorted(each) for name, each in (found(COMMON, "PROVIDER_SCOPED_CREDENTIAL_PARAMS") or {}).items()
        },
    }


def _reads(folders: list[Path]) -> Iterator[str]:
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield from _READ.findall(text)
        yield from _NAMED.findall(text)
        for names in _TAKEN.findall(text):
            yield from re.findall(r"\w+", names)


def _overriding(litellm: Any) -> set[str]:
    """Arguments of the router that go before the module's attribute of the same name, which it asks for otherwise."""
    made = inspect.unwrap(litellm.Router.__init__)
    read = set(_READ.findall(inspect.getsource(made)))
    return read & inspect.signature(made).parameters.keys()


def _licensed() -> set[str]:
    """Settings that end the start of a program without a licence."""
    proxy: Any = import_module("litellm.proxy.proxy_server")
    made: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(proxy))):
        if isinstance(node, ast.If) and any(isinstance(each, ast.Raise) for each in node.body):
            names = {each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)}
            if "premium_user" in names:
                made |= names | {
                    text for each in ast.walk(node.test) if isinstance(each, ast.expr) for text in literal(each)
                }
    return made


def _shuffle() -> str:
    """Whether the first deployment alone says if a group goes by weights, asked of the function itself."""
    module: Any = import_module("litellm.router_strategy.simple_shuffle")
    group = [{"litellm_params": {"model": "openai/a"}}, {"litellm_params": {"model": "openai/b", "weight": 1}}]
    parameters = inspect.signature(module.simple_shuffle).parameters
    offered = {
        "llm_router_instance": type("Router", (), {"print_deployment": staticmethod(str)})(),
        "resolve_model_alias": lambda _: None,
        "healthy_deployments": group,
        "model": "a",
        "request_kwargs": None,
    }
    drawn = [module.simple_shuffle(**{name: offered[name] for name in parameters}) for _ in range(64)]
    return "any" if all(each is group[1] for each in drawn) else "first"


def _guardrails() -> str:
    """Whether a guardrail that cannot be made is left out, or stops the start."""
    made: Any = import_module("litellm.proxy.guardrails.init_guardrails").init_guardrails_v2
    caught = any(isinstance(each, ast.Try) for each in ast.walk(ast.parse(inspect.getsource(made))))
    return "left out" if caught else "stops"


def _refused(litellm: Any) -> list[str]:
    """Settings of the router that no mapping of a file satisfies: tried with one that has every key they name."""
    tried = {"alerting_config": {"webhook_url": "https://a.example", "alerting_threshold": 1}}
    made = []
    for name, value in tried.items():
        try:
            litellm.Router(model_list=[], **{name: value})
        except AttributeError:
            made.append(name)
    return made
