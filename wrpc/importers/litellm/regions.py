"""Where a deployment runs: its region, the geography of an inference profile, or nobody knows."""

from __future__ import annotations

import re

from wrpc.importers.document import Keys
from wrpc.importers.litellm.facts import BEDROCK, Facts
from wrpc.importers.nodes import text_of

KEYS = ("region_name", "aws_region_name", "vertex_location", "watsonx_region_name")
# Names in the place of a region that stand for all of them.
GLOBAL = "global"
_PROFILE = re.compile(r"(?:^|[/:])(?P<across>[a-z-]+)\.[a-z0-9-]+\.[^/]+$")


def region(facts: Facts, model: str | None, provider: str | None, params: Keys, info: Keys | None) -> str | None:
    """The region, or the geography that a profile may pick from; None where it may be any or nothing says it."""
    if (across := profile(facts, model, provider, params)) is not None:
        return None if across == GLOBAL else across
    keys = (key for key in KEYS if facts.reads(provider, key))
    found = next((text for key in keys if (text := text_of(params, key)) is not None), None)
    if found is None and info is not None:
        found = text_of(info, "region") or text_of(info, "region_name")
    return None if found is None or found == GLOBAL or found.startswith(("os.environ/", "$")) else found


def anywhere(facts: Facts, model: str | None, provider: str | None, params: Keys) -> bool:
    """Whether the provider picks any region of the world."""
    across = profile(facts, model, provider, params)
    return across == GLOBAL or (across is None and any(text_of(params, key) == GLOBAL for key in KEYS))


def profile(facts: Facts, model: str | None, provider: str | None, params: Keys) -> str | None:
    """The geography before a name of Bedrock's: a request goes to one of its regions, whatever `aws_region_name` says.
    An application's own profile is one whose geography its name does not tell."""
    named = text_of(params, "model_id") or model
    if named is None or provider not in BEDROCK:
        return None
    if "application-inference-profile/" in named:
        return GLOBAL
    found = _PROFILE.search(named)
    return found["across"] if found is not None and found["across"] in facts.data["bedrock"]["across"] else None
