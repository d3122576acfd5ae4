"""The program that stands beside the configuration: LiteLLM asks it before each call.

LiteLLM answers to more names than a file says: a deployment's id, its own model, two names with a comma. And a request
may bring fallbacks of its own. So each name is looked up in `names.json` first, and what steers is taken away. The hook
is defined in the class itself: LiteLLM looks for it there.
"""

from __future__ import annotations

FILE = "wrpc_names.py"
DATA = "names.json"
CALLBACK = "wrpc_names.names"
UNKNOWN = "\N{SECTION SIGN}"
"""Behind a beginning, a name that the program has never heard of: only the group with that beginning takes it."""

TEXT = '''\
"""Names of models that requests may ask for, as names.json lists them; all others are refused. A request cannot steer
where it goes: what it says of fallbacks, retries, deployments and addresses is taken away."""

import json
from pathlib import Path

from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger

NAMES = json.loads(Path(__file__).with_name("names.json").read_text(encoding="utf-8"))
STEERS = (
    "fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks", "disable_fallbacks",
    "max_fallbacks", "fallback_depth", "fallback_model_group", "num_retries", "max_retries", "timeout",
    "request_timeout", "stream_timeout", "force_timeout", "order", "_target_order", "_excluded_deployment_ids",
    "specific_deployment", "model_info", "model_list", "model_group", "router_settings_override", "api_base",
    "base_url", "api_key", "api_version", "api_type", "organization", "custom_llm_provider", "deployment_id", "tags",
    "mock_response", "mock_timeout", "mock_delay", "mock_tool_calls", "mock_testing_fallbacks",
    "mock_testing_context_fallbacks", "mock_testing_content_policy_fallbacks", "mock_testing_rate_limit_error",
    "fastest_response", "guardrails", "disable_global_guardrail", "disable_global_guardrails",
)


def group(name):
    """The group that answers to a name. Raises HTTPException for a name that is refused."""
    if not isinstance(name, str):
        name = ""
    entry = NAMES["names"].get(name)
    if entry is None:
        beginning = next((b for b in NAMES["beginnings"] if name.startswith(b["beginning"])), None)
        entry = {key: value for key, value in beginning.items() if key != "beginning"}
    if "group" not in entry:
        error = {"message": entry["reason"], "type": "policy", "param": "model", "code": str(entry["status"])}
        raise HTTPException(status_code=entry["status"], detail={"error": error})
    return entry["group"]


class Names(CustomLogger):
    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        data["model"] = group(data.get("model"))
        for key in STEERS:
            data.pop(key, None)
        for place in ("metadata", "litellm_metadata"):
            if isinstance(data.get(place), dict):
                for key in ("tags", "_failover_excluded_ids", "specific_deployment"):
                    data[place].pop(key, None)
        return data


names = Names()
'''
