"""What stands beside the deployments and does not work: guardrails, budgets, caches, tags, endpoints, servers."""

from __future__ import annotations

from tests.importers.litellm.faults.fault import (
    AZURE,
    CACHE,
    CLOUDS,
    GENERAL,
    HERE,
    OWN,
    PLATFORM,
    ROUTER,
    SETTINGS,
    TEAM,
    Fault,
    f,
    top,
    under,
)

PICKS = "model_list:\n  - model_name: picks\n    litellm_params:\n"
COMPLEXITY = "auto_router/complexity_router"
TEMPERATURE = "      temperature: 0.2\n"


def guardrail(*lines: str, beside: str = "", name: str = "guard") -> tuple[str, str]:
    params = "".join(f"      {line}\n" for line in lines)
    return top(f"guardrails:\n  - guardrail_name: {name}\n{beside}    litellm_params:\n{params}")


def endpoint(*lines: str) -> tuple[str, str]:
    first, *rest = lines
    return under(GENERAL, f"  pass_through_endpoints:\n    - {first}\n" + "".join(f"      {line}\n" for line in rest))


def parameter(line: str) -> tuple[str, str]:
    return TEMPERATURE, f"{TEMPERATURE}      {line}\n"


def groups(*lines: str) -> tuple[str, str]:
    return under(ROUTER, "  routing_groups:\n" + "".join(f"    - {line}\n" for line in lines))


PRESIDIO, PRE = "guardrail: presidio", "mode: pre_call"
GUARDRAILS = [
    f("a mode of nothing", TEAM, "WRP182", "warning", guardrail(PRESIDIO, f"{HERE}mode: precall")),
    f("one mode of several", TEAM, "WRP182", "warning", guardrail(PRESIDIO, f"{HERE}mode: [pre_call, postcall]")),
    f("a guardrail without a mode", CLOUDS, "WRP157", "warning", guardrail(HERE + PRESIDIO)),
    f("a guardrail of no kind", CLOUDS, "WRP157", "warning", guardrail(HERE + PRE)),
    f(
        "a guardrail that is always on, beside its parameters",
        OWN,
        "WRP161",
        "warning",
        guardrail(PRESIDIO, PRE, beside=f"    {HERE}default_on: true\n"),
    ),
    f("a word for always", TEAM, "WRP152", "warning", guardrail(PRESIDIO, PRE, f"{HERE}default_on: sometimes")),
    f(
        "something that is done with nothing",
        TEAM,
        "WRP156",
        "warning",
        guardrail(PRESIDIO, PRE, f"pii_entities_config: {{{HERE}CREDIT_CARD: MASKED}}"),
    ),
    f("a guardrail with a number for a name", TEAM, "WRP152", "error", guardrail(PRESIDIO, PRE, name=f"{HERE}3")),
    f(
        "a guardrail that nobody defines",
        TEAM,
        "WRP151",
        "error",
        guardrail(PRESIDIO, PRE),
        parameter(f"{HERE}guardrails: [guards]"),
    ),
    f(
        "guardrails as one word",
        TEAM,
        "WRP152",
        "warning",
        guardrail(PRESIDIO, PRE),
        parameter(f"{HERE}guardrails: guard"),
    ),
    f(
        "a policy that adds a guardrail of nobody",
        CLOUDS,
        "WRP151",
        "error",
        top(f"policies:\n  strict:\n    guardrails:\n      {HERE}add: [nobody]\n"),
    ),
]
BUDGETS = [
    f("a budget for ever", TEAM, "WRP182", "warning", parameter(f"{HERE}max_budget: 10")),
    f("a duration of no budget", TEAM, "WRP182", "warning", parameter(f"{HERE}budget_duration: 1d")),
    f(
        "a duration that nobody can read",
        TEAM,
        "WRP182",
        "warning",
        parameter(f"max_budget: 10\n      {HERE}budget_duration: yearly"),
    ),
    f(
        "a budget that is spent",
        TEAM,
        "WRP153",
        "error",
        parameter(f"budget_duration: 1d\n      {HERE}max_budget: -1"),
    ),
    f(
        "a budget of a provider of nobody",
        OWN,
        "WRP166",
        "warning",
        under(ROUTER, f"  provider_budget_config:\n    {HERE}opnai: {{budget_limit: 10, time_period: 1d}}\n"),
    ),
    f(
        "a provider's budget without a limit",
        OWN,
        "WRP157",
        "error",
        under(ROUTER, f"  provider_budget_config:\n    {HERE}openai: {{time_period: 1d}}\n"),
    ),
    f(
        "a provider's budget in the words of another",
        OWN,
        "WRP150",
        "warning",
        under(ROUTER, f"  provider_budget_config:\n    openai:\n      {HERE}max_budget: 10\n"),
    ),
    f(
        "a provider's budget as a number",
        OWN,
        "WRP152",
        "error",
        under(ROUTER, f"  provider_budget_config:\n    {HERE}openai: 10\n"),
    ),
    f(
        "a budget of the proxy for ever",
        CLOUDS,
        "WRP182",
        "warning",
        under(SETTINGS, f"  {HERE}max_budget: 10\n"),
    ),
]
CACHES = [
    f(
        "a parameter that Redis does not take",
        TEAM,
        "WRP150",
        "error",
        ("    ttl: 600\n", f"    ttl: 600\n    {HERE}connection_pool_kwargs: {{max_connections: 10}}\n"),
    ),
    f(
        "a semantic cache without a threshold",
        TEAM,
        "WRP157",
        "error",
        (CACHE[: CACHE.index("    type")], f"  cache: true\n  {HERE}cache_params:\n"),
        ("    type: redis\n", "    type: redis-semantic\n"),
    ),
    f(
        "a kind of call that is none",
        TEAM,
        "WRP156",
        "warning",
        ('    supported_call_types: ["acompletion"', f'    {HERE}supported_call_types: ["acompletions"'),
    ),
    f(
        "no callbacks at all",
        TEAM,
        "WRP152",
        "error",
        ('  success_callback: ["langfuse"]\n', f"  {HERE}success_callback:\n"),
    ),
    f("a cap that nobody reads", TEAM, "WRP150", "warning", under(SETTINGS, f"  {HERE}max_user_budget: 10\n")),
]
DEPLOYMENTS = [
    f("a limit that no request passes", TEAM, "WRP153", "warning", parameter(f"{HERE}rpm: -600")),
    f("answers that are made up", TEAM, "WRP177", "warning", parameter(f"{HERE}mock_response: it works")),
    f("a header that is a number", TEAM, "WRP152", "error", parameter(f"{HERE}extra_headers: {{x-tier: 2}}")),
    f("headers that are text", TEAM, "WRP152", "error", parameter(f"{HERE}extra_headers: 'x-tier: 2'")),
    f("a project at a provider that has none", TEAM, "WRP182", "warning", parameter(f"{HERE}vertex_project: p")),
    f(
        "an address with the operation",
        OWN,
        "WRP175",
        "error",
        (
            "      api_base: http://tei",
            f"      {HERE}api_base: http://other.internal/v1/embeddings\n      base_url: http://tei",
        ),
    ),
    f(
        "a server of one's own without its address",
        OWN,
        "WRP176",
        "warning",
        (
            "model_list:\n",
            f"model_list:\n  - model_name: lost\n    litellm_params:\n      {HERE}model: hosted_vllm/qwen3\n",
        ),
    ),
    f(
        "a star that nothing fills in",
        OWN,
        "WRP179",
        "error",
        ("model_list:\n", f'model_list:\n  - model_name: any\n    litellm_params:\n      {HERE}model: "openai/*"\n'),
    ),
    f(
        "a tier that is none",
        TEAM,
        "WRP156",
        "error",
        ("      mode: audio_transcription\n", f"      mode: audio_transcription\n      {HERE}tier: self_hosted\n"),
        also={"WRP151": "the deployment is left out"},
    ),
    f(
        "a router without groups",
        OWN,
        "WRP157",
        "error",
        (
            "model_list:\n",
            PICKS + f"      {HERE}model: auto_router/complexity_router\n",
        ),
    ),
    f(
        "a router that picks nobody",
        OWN,
        "WRP151",
        "error",
        (
            "model_list:\n",
            PICKS + f"      model: {COMPLEXITY}\n      {HERE}complexity_router_default_model: nobody\n",
        ),
    ),
]
PLACES = [
    f(
        "an endpoint without a path",
        TEAM,
        "WRP157",
        "error",
        endpoint(f"{HERE}target: https://rerank.example"),
    ),
    f(
        "an endpoint for everybody",
        TEAM,
        "WRP178",
        "warning",
        endpoint(f"{HERE}path: /rerank", "target: https://rerank.example", "headers: {Authorization: os.environ/KEY}"),
    ),
    f("an endpoint to nowhere", TEAM, "WRP157", "warning", endpoint(f"{HERE}path: /rerank")),
    f(
        "a transport that is none",
        TEAM,
        "WRP156",
        "error",
        top(f"mcp_servers:\n  tools:\n    url: https://tools.example\n    {HERE}transport: smoke\n"),
    ),
    f(
        "a server's name with a dash",
        TEAM,
        "WRP156",
        "error",
        top(f"mcp_servers:\n  {HERE}my-tools:\n    url: https://tools.example\n"),
    ),
    f(
        "a store without its number",
        TEAM,
        "WRP157",
        "error",
        top(f"vector_store_registry:\n  - {HERE}vector_store_name: n\n    litellm_params: {{api_base: x}}\n"),
    ),
    f(
        "a routing group that chooses by nothing",
        OWN,
        "WRP156",
        "error",
        groups(f"{HERE}{{group_name: quick, models: [tiny], routing_strategy: fastest}}"),
        also={"WRP151": "there is no such group"},
    ),
    f(
        "two routing groups of one name",
        OWN,
        "WRP154",
        "error",
        groups(
            "{group_name: quick, models: [], routing_strategy: least-busy}",
            f"{HERE}{{group_name: quick, models: [], routing_strategy: least-busy}}",
        ),
    ),
    f("alerts of a kind that is none", TEAM, "WRP156", "warning", under(GENERAL, f"  {HERE}alert_types: [llm_slow]\n")),
    f("alerts to nobody", OWN, "WRP156", "warning", under(GENERAL, f"  {HERE}alerting: [discord]\n")),
    f(
        "arguments that a shuffle does not take",
        AZURE,
        "WRP182",
        "warning",
        under(ROUTER, f"  {HERE}routing_strategy_args: {{ttl: 10}}\n"),
    ),
    f("tags that nothing reads", OWN, "WRP182", "warning", under(ROUTER, f"  {HERE}tag_filtering_match_any: false\n")),
    f(
        "a header with a key in it",
        TEAM,
        "WRP162",
        "warning",
        parameter(f'{HERE}extra_headers: {{Authorization: "Bearer Zk27qmXw81Lp"}}'),
    ),
    f(
        "a key that somebody made up",
        PLATFORM,
        "WRP162",
        "warning",
        ("  master_key: os.environ/LITELLM_MASTER_KEY\n", f"  {HERE}master_key: sk-team-gateway-2026\n"),
    ),
]  # fmt: skip
FAULTS: list[Fault] = [*GUARDRAILS, *BUDGETS, *CACHES, *DEPLOYMENTS, *PLACES]
