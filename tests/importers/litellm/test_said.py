"""Small configurations and everything that `check --from litellm` says of each: what works, one cause one finding."""

from __future__ import annotations

from textwrap import dedent

import pytest

import wrpc
from wrpc.source import Source
from wrpc.syntax.format import format_file

CHAT = """\
model_list:
  - model_name: chat
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/K1}
  - model_name: spare
    litellm_params: {model: openai/gpt-4o-mini, api_key: os.environ/K2}
general_settings: {master_key: os.environ/MASTER_KEY}
"""


def said(text: str, release: str | None = None) -> list[tuple[str, str, int]]:
    found = wrpc.check_file(Source("gateway.yaml", text), kind="litellm", release=release)
    return [(d.severity, d.code.id, d.span.line) for d in found.diagnostics]


def with_(more: str) -> str:
    return CHAT + dedent(more)


def deployment(params: str, info: str = "") -> str:
    more = f"\n    model_info: {{{info}}}" if info else ""
    return CHAT.replace("api_key: os.environ/K1}", f"api_key: os.environ/K1, {params}}}{more}")


QUIET = {
    "a clean file": with_(
        """
        router_settings: {routing_strategy: simple-shuffle, num_retries: 2, allowed_fails: 3, cooldown_time: 30}
        litellm_settings: {drop_params: true, success_callback: [langfuse], json_logs: true, request_timeout: 60}
        """
    ),
    "a provider of one's own": with_(
        "litellm_settings: {custom_provider_map: [{provider: mine, custom_handler: my.handler}]}\n"
    ).replace("openai/gpt-4o-mini", "mine/gpt-4o-mini"),
    "a port as text": with_('router_settings: {redis_host: h, redis_port: "6379"}\n'),
    "fallbacks of a deployment itself": deployment("fallbacks: [{model: openai/gpt-4.1-nano}]"),
    "a limit of the answer": deployment("temperature: 0.1", "max_tokens: 4096"),
    "a name behind a scheme, looked up in a header of an endpoint": with_(
        """
        router_settings: {num_retries: 1}
        """
    ).replace(
        "MASTER_KEY}",
        "MASTER_KEY, pass_through_endpoints: [{path: /x, target: 'https://x.example', auth: true, "
        "headers: {Authorization: 'bearer os.environ/X_KEY'}}]}",
    ),
    "tags with a filter that asks for all": deployment("region_name: eastus2, tags: [us, paid]")
    + "router_settings: {enable_tag_filtering: true, tag_filtering_match_any: false}\n",
    "fallbacks with a list for refusals": with_(
        "router_settings: {fallbacks: [{chat: [spare]}], content_policy_fallbacks: [{chat: [spare]}]}\n"
    ).replace("gpt-4o-mini", "gpt-4.1"),
    "from anywhere into a region": """\
model_list:
  - model_name: wide
    litellm_params: {model: vertex_ai/gemini-2.5-pro, vertex_location: global}
  - model_name: near
    litellm_params: {model: vertex_ai/gemini-2.5-pro, vertex_location: europe-west4}
router_settings: {fallbacks: [{wide: [near]}]}
general_settings: {master_key: os.environ/MASTER_KEY}
""",
}


@pytest.mark.parametrize("name", QUIET)
def test_nothing_is_said(name: str) -> None:
    assert said(QUIET[name]) == []


BEDROCK = "bedrock/{}anthropic.claude-sonnet-4-20250514-v1:0"


def profiles(main: str, spare: str) -> str:
    return f"""\
model_list:
  - model_name: main
    litellm_params: {{model: {BEDROCK.format(main)}, aws_region_name: eu-central-1}}
  - model_name: spare
    litellm_params: {{model: {BEDROCK.format(spare)}, aws_region_name: eu-central-1}}
router_settings: {{fallbacks: [{{main: [spare]}}]}}
general_settings: {{master_key: os.environ/MASTER_KEY}}
"""


ONE = {
    "a credential that another file may list": (
        deployment("litellm_credential_name: c"), [("info", "WRP151", 3)],
    ),
    "fallbacks to each other, twice": (
        with_(
            """
            router_settings:
              fallbacks: [{chat: [spare]}, {spare: [chat]}]
              context_window_fallbacks: [{chat: [spare]}, {spare: [chat]}]
              content_policy_fallbacks: [{chat: [spare]}, {spare: [chat]}]
            """
        ),
        [("info", "WRP503", 9)],
    ),
    "a name of nobody in many places": (
        with_(
            """
            router_settings:
              fallbacks: [{chat: [nobody]}, {spare: [nobody]}]
              context_window_fallbacks: [{chat: [nobody]}, {spare: [nobody]}]
            """
        ),
        [("error", "WRP151", 9)],
    ),
    "an entry in words of its own": (
        with_("router_settings:\n  fallbacks:\n    - {model: chat, fallback_model: spare}\n"),
        [("error", "WRP164", 9)],
    ),
    "a variable that is set to itself": (
        with_("environment_variables: {OPENAI_API_KEY: os.environ/OPENAI_API_KEY}\n").replace("K1", "OPENAI_API_KEY")
        .replace("K2", "OPENAI_API_KEY"),
        [("info", "WRP181", 3)],
    ),
    "a variable of one's own that is set to itself": (
        with_("environment_variables: {MASTER_KEY: '${MASTER_KEY}'}\n"), [("info", "WRP181", 6), ("info", "WRP163", 7)],
    ),
    "a cache as a mapping at the top": (with_("cache: {type: redis}\n"), [("warning", "WRP161", 7)]),
    "what nothing reads": (with_("logging: {level: INFO}\n"), [("warning", "WRP150", 7)]),
    "limits of a group": (with_("model_group_settings: {chat: {rpm: 30}}\n"), [("warning", "WRP161", 7)]),
    "a list for a flag": (deployment("drop_params: [tools]"), [("warning", "WRP152", 3)]),
    "rules of another program": (with_("alerting: {rules: [{alert: high}]}\n"), [("warning", "WRP161", 7)]),
    "what stops without a licence": (CHAT.replace("KEY}", "KEY, enforced_params: []}"), [("info", "WRP184", 6)]),
    "a fallback that takes little": (
        with_("router_settings: {fallbacks: [{chat: [spare]}]}\n").replace("gpt-4o-mini", "gpt-4"),
        [("warning", "WRP506", 7)],
    ),
    "a fallback after a refusal": (
        with_("litellm_settings: {fallbacks: [{chat: [spare]}]}\n").replace(
            "openai/gpt-4o-mini", "azure/m, api_base: 'https://a.example'"
        ),
        [("warning", "WRP507", 7)],
    ),
    "a profile that runs anywhere": (profiles("eu.", "global."), [("warning", "WRP504", 6)]),
    "a profile of another geography": (profiles("eu.", "us."), [("warning", "WRP504", 6)]),
    "tags that nothing filters by": (
        deployment("tags: [us]").replace("model_name: spare", "model_name: chat"), [("warning", "WRP182", 3)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_cause_is_one_finding(name: str) -> None:
    text, expected = ONE[name]
    assert sorted(said(text)) == sorted(expected)


# What `--fix` leaves as it is: nothing reads it there either, it would stop the start, or begin to refuse requests.
UNMOVED = {
    "a cache as a mapping": "cache:\n  type: redis\n",
    "levels of logs": "log_level: DEBUG\n",
    "limits of a group": "model_group_settings:\n  chat: {rpm: 30}\n",
    "rules of another program": "alerting:\n  rules: [{alert: high}]\n",
    "fallbacks that stop the start": "fallbacks:\n  - model_name: chat\n    fallback_models: []\n",
    "a number from the environment": "request_timeout: os.environ/TIMEOUT\n",
    "an address of Redis": "redis_host: h\n",
    "a cap": "max_budget: 5\n",
}


@pytest.mark.parametrize("name", UNMOVED)
def test_what_is_not_moved(name: str) -> None:
    source = Source("gateway.yaml", with_(UNMOVED[name]))
    assert wrpc.fix(source, kind="litellm").written == source.text
    assert said(source.text)


MOVED = {
    "set_verbose: true\n": "litellm_settings:\n  set_verbose: true\n",
    "num_retries: 3  # three\n": "router_settings:\n  num_retries: 3  # three\n",
    "router_settings:\n  fallbacks:\n    - {model: chat, fallback_model: spare}\n": (
        "router_settings:\n  fallbacks:\n    - {chat: [spare]}\n"
    ),
}


@pytest.mark.parametrize("text", MOVED)
def test_what_is_mended(text: str) -> None:
    mended = wrpc.fix(Source("gateway.yaml", with_(text)), kind="litellm").written
    assert mended.replace("\n\n", "\n") == with_(MOVED[text])
    assert said(mended) == []


WEIGHTS = """\
model_list:
  - model_name: chat
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/K1}
  - model_name: chat
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/K2, weight: 9}
  - model_name: chat
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/K3, weight: 1}
"""


def test_the_first_deployment_decides_in_an_older_release() -> None:
    """There no weight holds; in the newer release the first one gets no traffic."""
    assert [f for f in said(WEIGHTS, "1.91.5") if f[0] != "info"] == [("warning", "WRP264", 5)]
    assert [f for f in said(WEIGHTS, "1.106.2") if f[0] != "info"] == [("warning", "WRP352", 2)]


def test_the_first_deployment_with_a_weight_does_too() -> None:
    first, second = WEIGHTS.index("  - model_name"), WEIGHTS.index("  - model_name", 20)
    turned = WEIGHTS[:first] + WEIGHTS[second:] + WEIGHTS[first:second]
    for release in ("1.91.5", "1.106.2"):
        assert [f for f in said(turned, release) if f[0] != "info"] == [("warning", "WRP352", 6)]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("router_settings: {model_group_alias: {b: nowhere}}", "WRP151"),
        ("litellm_settings: {}", "WRP152"),
    ],
)
def test_a_name_that_nobody_answers_in_an_older_release(more: str, code: str) -> None:
    """An alias of no group, or a group whose one deployment is left out: there is no first deployment to look at."""
    weight = ", weight: heavy" if "alias" not in more else ""
    text = f"model_list: [{{model_name: a, litellm_params: {{model: openai/gpt-4o{weight}}}}}]\n{more}\n"
    for release in ("1.91.5", "1.106.2"):
        assert code in {found[1] for found in said(text, release)}


ROUTER = """\
model_list:
  - model_name: cheap
    litellm_params: {model: openai/gpt-4o-mini, api_key: os.environ/K1}
  - model_name: strong
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/K1}
  - model_name: smart
    litellm_params:
      model: auto_router/complexity_router
      complexity_router_config: {tiers: {SIMPLE: cheap, MEDIUM: [cheap, strong], COMPLEX: strong}}
      complexity_router_default_model: cheap
general_settings: {master_key: os.environ/MASTER_KEY}
"""


def test_a_router_has_the_pools_of_what_it_picks() -> None:
    (imported,) = wrpc.read_foreign(Source("gateway.yaml", ROUTER), kind="litellm").configurations
    text = format_file(imported.policies[0].tree)
    assert "auto_router" not in text
    assert 'model == "smart"' in text
    assert "to cheap, strong" in text


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("SIMPLE: cheap", "SIMPLE: cheep", 9),
        ("[cheap, strong]", "[cheap, stronk]", 9),
        ("default_model: cheap", "default_model: x", 10),
    ],
)
def test_a_router_that_picks_nobody(old: str, new: str, line: int) -> None:
    assert said(ROUTER.replace(old, new)) == [("error", "WRP151", line)]
