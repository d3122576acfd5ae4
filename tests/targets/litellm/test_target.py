"""What a policy becomes as a LiteLLM configuration, and what cannot become one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import wrpc.api
from tests.support.compiling import POLICIES, compiled, content, files, policy, said, target
from tests.support.equal import differences
from wrpc.diagnostics import Refusal
from wrpc.targets.litellm.hook import TEXT

GOLDEN = Path(__file__).resolve().parent / "golden"
HEAD = """
policy p { language 1 }
signal asked: string { source model }
signal tokens: int(0..100k) { source total_tokens }
pool a { endpoint "http://127.0.0.1:1/v1"  model m }
pool b { endpoint "http://127.0.0.1:2/v1"  model m }
pool c { endpoint "http://127.0.0.1:3/v1"  model m }
model m {}
"""


def config(text: str) -> Any:
    return content(compiled(HEAD + text, "litellm"), "config.yaml")


def names(text: str) -> Any:
    return json.loads(files(compiled(HEAD + text, "litellm"))["names.json"])


def errors(text: str) -> list[str]:
    return [d.message for d in compiled(HEAD + text, "litellm").diagnostics if d.severity == "error"]


def hook(made: dict[str, str], name: object, folder: Path) -> Any:
    """What the emitted hook makes of a name, by its own text; LiteLLM and its web framework are stood in for."""
    for path, text in made.items():
        (folder / path).write_text(text, encoding="utf-8")

    class Refused(Exception):
        def __init__(self, **said: Any) -> None:
            self.status = said["status_code"]

    source = TEXT.replace("from fastapi import HTTPException\n", "").replace(
        "from litellm.integrations.custom_logger import CustomLogger\n", ""
    )
    room: dict[str, Any] = {"HTTPException": Refused, "CustomLogger": object, "__file__": str(folder / "wrpc_names.py")}
    exec(compile(source, "wrpc_names.py", "exec"), room)
    try:
        return room["group"](name)
    except Refused as refused:
        return refused.status


def test_it_becomes_this(update: bool) -> None:
    found = files(compiled(wrpc.api.load(POLICIES["model_names"]), "litellm"))
    for path, text in found.items():
        golden = GOLDEN / "model_names" / (f"{path}.txt" if path.endswith(".py") else path)
        if update:
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert golden.read_text(encoding="utf-8") == text
    assert set(found) == {"config.yaml", "names.json", "wrpc_names.py"}


def test_read_back_it_decides_as_the_policy_does() -> None:
    own, read = wrpc.api.load(POLICIES["model_names"]), target("litellm").read
    assert read is not None
    assert differences(own, read(files(compiled(own, "litellm")), own)) == []


def test_names_of_one_plan_are_one_group_and_its_aliases() -> None:
    found = config('route r { when asked in ["x", "y"] to a fallback b }')
    assert [e["model_name"] for e in found["model_list"]] == ["x", "b"]
    assert found["router_settings"]["model_group_alias"] == {"y": "x"}
    assert found["router_settings"]["fallbacks"] == [{"x": ["b"]}, {"y": ["b"]}]


def test_what_a_guard_takes_away_is_in_no_group() -> None:
    found = config(
        'route r { when asked in ["x", "y"] to a weight 1, b weight 1 fallback c }\n'
        'guard g { forbid destination.pool in [a, c] when asked == "y" }'
    )
    groups: dict[str, list[str]] = {e["model_name"]: [] for e in found["model_list"]}
    for e in found["model_list"]:
        groups[e["model_name"]].append(e["model_info"]["pool"])
    assert groups == {"x": ["a", "b"], "y": ["b"], "c": ["c"]}


def test_failures_of_three_kinds_have_lists_of_their_own() -> None:
    found = config('route r { when asked == "x" to a fallback b on context fallback c on content_policy, refusal }')[
        "router_settings"
    ]
    lists = {kind: found.get(f"{kind}fallbacks") for kind in ("", "context_window_", "content_policy_")}
    assert lists == {"": [{"x": []}], "context_window_": [{"x": ["b"]}], "content_policy_": [{"x": ["c"]}]}


def test_one_list_is_enough_where_all_failures_lead_to_the_same() -> None:
    found = config('route r { when asked == "x" to a fallback b, c }')["router_settings"]
    assert found["fallbacks"] == [{"x": ["b", "c"]}]
    assert "context_window_fallbacks" not in found


def test_part_of_a_kind_of_failures_is_told_as_a_loss() -> None:
    found = compiled(HEAD + 'route r { when asked == "x" to a fallback b on timeout }', "litellm")
    assert any("which failures lead to a fallback" in m for m in said(found.diagnostics, "WRP802"))


def test_a_list_is_never_kept_under_a_star() -> None:
    """LiteLLM takes the list of `*` for every group that has none."""
    found = config('route r { when asked == "x" to a }\ndefault { to b fallback c }')
    assert all("*" not in entry for entry in found["router_settings"]["fallbacks"])
    assert found["router_settings"]["fallbacks"] == [{"§": ["c"]}]
    assert "§" in [e["model_name"] for e in found["model_list"]]


def test_a_name_has_no_list_of_one_with_another_provider() -> None:
    """LiteLLM looks up the fallbacks of `openai/x` under `x` too."""
    found = config('route r { when asked == "x" to a fallback b }\nroute s { when asked == "openai/x" to a }')
    assert found["router_settings"]["fallbacks"] == [{"x": ["b"]}, {"openai/x": []}]


def test_the_order_of_fallbacks_that_no_list_has_together_is_kept() -> None:
    words = "timeout, overload, error, rate_limit, unavailable, connection, server_error, quota"
    text = f'route r {{ when asked == "x" to a fallback b on context fallback c on {words} }}'
    own, read = policy(HEAD + text), target("litellm").read
    assert read is not None
    back = read(files(compiled(own, "litellm")), own)
    assert [f.pool for f in back.routes["x"].action.fallbacks] == ["b", "c"]


def test_pools_stand_in_for_one_another_in_all_groups_or_in_none() -> None:
    both = 'route r { when asked == "x" to a, b fallback others }\nroute s { when asked == "y" to a, c }'
    assert any("in all groups or in none" in m for m in errors(both))
    found = config('route r { when asked == "x" to a, b fallback others }\nroute s { when asked == "y" to a }')
    assert found["router_settings"]["enable_weighted_failover"] is True


def test_a_retry_of_several_without_others_would_go_to_another_pool() -> None:
    found = compiled(HEAD + 'route r { when asked == "x" to a, b retries 2 }', "litellm")
    assert any("a retry is sent to any pool" in m for m in said(found.diagnostics, "WRP802"))
    assert all("num_retries" not in e["litellm_params"] for e in content(found, "config.yaml")["model_list"])


def test_what_it_cannot_see_is_an_error() -> None:
    assert any("not the signal `tokens`" in m for m in errors("route r { when tokens > 5 to a }"))
    assert any("`suffix` of a name" in m for m in errors('route r { when suffix(asked, "x") to a }'))
    assert any("`tokens`" in m for m in errors('guard g { deny "no" when tokens > 9 }\ndefault { to a }'))


def test_a_pool_without_an_address_or_provider_is_an_error() -> None:
    lone = 'pool z { provider "nobody" }\npool y {}\nroute r { when asked == "x" to z fallback y }'
    found = errors(lone)
    assert any("knows no provider `nobody`" in m for m in found)
    assert any("`y` has neither a provider nor an address" in m for m in found)


@pytest.mark.parametrize(("pool", "params"), [
    ('provider "anthropic/claude" auth env("K")', {"model": "anthropic/claude", "api_key": "os.environ/K"}),
    ('provider "azure_openai/gpt" endpoint "https://x/"',
     {"model": "azure/gpt", "api_base": "https://x/", "api_key": "none"}),
    ('model m endpoint "10.0.0.1:80"', {"model": "openai/m", "api_base": "http://10.0.0.1:80/v1", "api_key": "none"}),
    ('provider "own" model m endpoint env("WHERE")',
     {"model": "openai/m", "api_base": "os.environ/WHERE", "api_key": "none"}),
    ('api anthropic model m endpoint "http://h"', {"model": "anthropic/m", "api_base": "http://h", "api_key": "none"}),
    ('provider "openai" model `openai/gpt`', {"model": "openai/gpt"}),
    ('provider "vllm" model m endpoint "http://h"',
     {"model": "hosted_vllm/m", "api_base": "http://h", "api_key": "none"}),
])  # fmt: skip
def test_how_a_pool_is_called(pool: str, params: dict[str, str]) -> None:
    found = config(f"model `openai/gpt` {{}}\npool z {{ {pool} }}\ndefault {{ to z }}")
    assert found["model_list"][0]["litellm_params"] == params


def test_the_hook_goes_by_the_names(tmp_path: Path) -> None:
    text = """
    route r { when asked in ["x", "", "u,v"] to a }
    route s { when prefix(asked, "eu-") to b fallback c }
    route t { priority 1 when prefix(asked, "eu-west-") to c }
    route d { priority 1 when asked == "eu-0" deny "no" }
    assume known { asked != "z" }
    """
    made = files(compiled(HEAD + text, "litellm"))
    asked = {n: hook(made, n, tmp_path) for n in ("x", "eu-1", "eu-", "eu-west-2", "eu-0", "z", "w", "a", "c")}
    assert asked == {
        "x": "x", "eu-1": "eu-§", "eu-": "eu-§", "eu-west-2": "eu-west-§", "eu-0": 403, "z": 400, "w": 404, "a": 404,
        "c": 404,
    }  # fmt: skip
    assert hook(made, None, tmp_path) == hook(made, "", tmp_path) == hook(made, "u,v", tmp_path) == "x"
    assert hook(made, ["x"], tmp_path) == "x"


def test_the_hook_is_defined_where_litellm_looks_for_it() -> None:
    body = TEXT[TEXT.index("class Names(CustomLogger):") :]
    assert "    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):" in body


@pytest.mark.parametrize("change", [
    {"disable_cooldowns": False}, {"num_retries": 3}, {"fallbacks": [{"openai/x": ["b"]}]}, {"max_fallbacks": 0},
])  # fmt: skip
def test_files_with_another_meaning_are_not_taken_for_the_same(change: dict[str, object]) -> None:
    own, read = policy(HEAD + 'route r { when asked == "x" to a fallback b }'), target("litellm").read
    made = files(compiled(own, "litellm"))
    content_ = yaml.safe_load(made["config.yaml"])
    content_["router_settings"].update(change)
    assert read is not None
    with pytest.raises(Refusal):
        read({**made, "config.yaml": yaml.safe_dump(content_)}, own)


def test_another_hook_is_not_taken_for_ours() -> None:
    own, read = policy(HEAD + "default { to a }"), target("litellm").read
    made = files(compiled(own, "litellm"))
    assert read is not None
    with pytest.raises(Refusal):
        read({**made, "wrpc_names.py": made["wrpc_names.py"].replace("data.pop(key, None)", "pass")}, own)


def test_many_names_take_little_time_each() -> None:
    """A thousand routes over as many names are a thousand groups: each is decided once."""
    text = HEAD + "\n".join(f'route r{i} {{ when asked == "n{i}" to a fallback b }}' for i in range(1000))
    found = content(compiled(text, "litellm"), "config.yaml")
    assert len(found["model_list"]) == 1001
