"""A configuration is read where it lives, and what is none is said to be what it looks like."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from textwrap import indent
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import wrpc
from tests.support.work import calls
from wrpc.importers.foreign import Foreign, UnknownRelease, read
from wrpc.source import Source

# One fault with a repair: the value of `fallbacks` is a bare word.
GATEWAY = """\
model_list:
  - model_name: chat
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY}
  - model_name: spare
    litellm_params: {model: mistral/mistral-large-latest, api_key: os.environ/MISTRAL_API_KEY}
router_settings:
  fallbacks:
    - chat: spare  # when it fails
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
"""
ROUTER = """\
version: v0.3
providers:
  defaults: {model: small}
  models:
    - name: small
      backend_refs: [{name: s, endpoint: "127.0.0.1:8001"}]
routing:
  modelCards: [{name: small}]
  signals:
    keywords: [{name: code, operator: OR, keywords: [def]}]
  decisions:
    - name: coding
      priority: 1
      rules: {operator: AND, conditions: [{type: keyword, name: cod}]}
      modelRefs: [{model: small, use_reasoning: false}]
"""
FOLDED = (
    "{model_list: [{model_name: chat,\nlitellm_params: {model: openai/gpt-4o, api_key: os.environ/K, weight: '2'}}],\n"
)
FOLDED += "general_settings: {master_key: os.environ/M}}\n"


def config_map(text: str, style: str = "|", name: str = "gateway", by: int = 4) -> str:
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  config.yaml: {style}\n"
    return head + indent(text, " " * by)


def found(foreign: Foreign, least: str = "warning") -> list[str]:
    kept = [d for d in foreign.findings.diagnostics if least == "info" or d.severity != "info"]
    return [f"{d.code.id} {d.span.line}:{d.span.column}" for d in kept]


def said(foreign: Foreign, code: str) -> list[str]:
    return [d.message for d in foreign.findings.diagnostics if d.code.id == code]


def repaired(text: str, kind: str = "auto") -> str:
    return wrpc.fix(Source("file.yaml", text), kind=kind).text


# ── Where it lives ────────────────────────────────────────────────────────

FIXED = GATEWAY.replace("chat: spare  #", "chat: [spare]  #")
HELM = "replicaCount: 2\nproxy_config:\n{}image:\n  repository: ghcr.io/x\n"
LIST = "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Service\n    metadata: {name: s}\n"
COMPOSE = "services:\n  proxy: {image: litellm}\nconfigs:\n  proxy:\n    content: |\n"
HOMES = {
    "literal": config_map(GATEWAY),
    "deep": config_map(GATEWAY, by=9),
    "stripped": config_map(GATEWAY, "|-") + "  other: x\n",
    "indicated": config_map(GATEWAY, "|2+"),
    "commented": config_map(GATEWAY, "| # the proxy's"),
    "anchored": config_map(GATEWAY, "&c |"),
    "Helm values": HELM.format(indent(GATEWAY, "  ")),
    "below a subchart": "litellm-helm:\n  proxy_config:\n" + indent(GATEWAY, "    "),
    "values that are text": "replicaCount: 1\nconfig: |\n" + indent(GATEWAY, "  "),
    "a list of resources": LIST + indent("- " + indent(config_map(GATEWAY), "  ")[2:], "  "),
    "stringData": config_map(GATEWAY).replace("ConfigMap", "Secret").replace("\ndata", "\nstringData"),
    "a compose file": COMPOSE + indent(GATEWAY, "      "),
    "a Flux release": "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: gateway\nspec:\n"
        "  values:\n    proxy_config:\n" + indent(GATEWAY, "      "),
    "an Argo application": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n"
        "      values: |\n        proxy_config:\n" + indent(GATEWAY, "          "),
    "a second document": "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n---\n" + config_map(GATEWAY),
    "resources in text": "extraObjects:\n  - |\n" + indent(config_map(GATEWAY), "    "),
}  # fmt: skip


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("kind", ["auto", "litellm"])
def test_a_configuration_is_read_where_it_lives(home: str, kind: str) -> None:
    text = HOMES[home]
    source = Source("file.yaml", text)
    foreign = read(source, kind)
    line, column = source.position(text.index("spare  #"))
    assert found(foreign) == [f"WRP164 {line}:{column}"]
    named = "gateway" if "name: gateway" in text else "file"
    assert [policy.name for policy in foreign.policies] == [named]
    (d,) = (d for d in foreign.findings.diagnostics if d.code.id == "WRP164")
    assert d.span.source is foreign.source
    assert d.span.text == "spare"
    assert repaired(text, kind) == text.replace("chat: spare  #", "chat: [spare]  #")


def test_as_json_and_in_quotes() -> None:
    """A kubectl that prints JSON, and a Helm that prints quotes."""
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "g"}, "data": {"config.yaml": GATEWAY}}
    for text in (
        json.dumps(made),
        json.dumps(made, indent=2),
        json.dumps({"kind": "List", "apiVersion": "v1", "items": [made]}),
    ):
        foreign = read(Source("file.json", text))
        (d,) = (d for d in foreign.findings.diagnostics if d.code.id == "WRP164")
        assert d.span.text == "spare"
        assert json.loads(repaired(text)) == json.loads(text.replace("chat: spare ", "chat: [spare] "))
        assert repaired(text).replace("[spare]", "spare") == text
    # Between quotes a line end is a blank, and what stands there has brackets.
    quoted = config_map("", indent("'" + FOLDED.replace("'", "''").strip() + "'\n", "    "))
    foreign = read(Source("f.yaml", quoted))
    assert [d.span.text for d in foreign.findings.diagnostics if d.code.id == "WRP152"] == ["''2''"]
    assert repaired(quoted) == quoted.replace("''2''", "2")


def test_folded_text() -> None:
    text = config_map(FOLDED, ">")
    foreign = read(Source("f.yaml", text))
    assert found(foreign) == ["WRP152 8:75"]
    assert repaired(text) == text.replace("weight: '2'", "weight: 2")
    broken = read(Source("f.yaml", config_map(ROUTER, ">")))
    assert "WRP050 6:16" in found(broken)
    assert any("begins with `>`, which joins lines" in m for m in said(broken, "WRP050"))


def test_a_repair_of_several_lines_is_indented() -> None:
    text = config_map(GATEWAY.replace("general_settings: {", "general_settings:\n  num_retries: 3  # thrice\n  x: {"))
    text = text.replace("x: {master_key: os.environ/LITELLM_MASTER_KEY}", "master_key: os.environ/LITELLM_MASTER_KEY")
    made = repaired(text + "  other: |\n    x\n")
    assert made == (
        config_map(
            FIXED.replace("general_settings: {master", "  num_retries: 3  # thrice\ngeneral_settings:\n  master")
        )
        .replace("KEY}", "KEY}")
        .replace("LITELLM_MASTER_KEY}", "LITELLM_MASTER_KEY")
        + "  other: |\n    x\n"
    )


def test_what_is_hidden_stays_so() -> None:
    secret = "sk-ant-api03-9hQ2mVx7Lr4TzB8nKc3WfJ6yPd1Gs5Ea"
    foreign = read(Source("f.yaml", config_map(GATEWAY.replace("os.environ/OPENAI_API_KEY", secret))))
    source = foreign.source
    assert secret not in source.shown(9)
    assert source.veiled(f"a {secret}") != f"a {secret}"


def test_every_finding_of_the_policy_points_into_the_file() -> None:
    text = config_map(FIXED)
    checked = wrpc.check_file(Source("f.yaml", text), kind="litellm")
    assert {d.span.file for d in checked.diagnostics} == {"f.yaml"}
    assert [d.span.text for d in checked.diagnostics if d.code.id.startswith("WRP5")] == ["spare"]


@pytest.mark.parametrize(
    "text", [ROUTER, config_map(ROUTER), "config:\n" + indent(ROUTER, "  ")], ids=["file", "map", "values"]
)
def test_the_other_importer(text: str) -> None:
    foreign = read(Source("f.yaml", text))
    (d,) = (d for d in foreign.findings.diagnostics if d.severity == "error")
    assert (d.code.id, d.span.text) == ("WRP151", "cod")
    assert foreign.configurations[0].importer == "vllm-sr"


def test_resources_of_the_router() -> None:
    """A pool and its ways in two documents; the condition names a signal that the second one lacks."""
    pool = "apiVersion: vllm.ai/v1alpha1\nkind: IntelligentPool\nmetadata: {name: p}\n"
    ways = (
        pool.replace("Pool", "Route")
        + "spec:\n  signals:\n    keywords: [{name: code, operator: OR, keywords: [def]}]\n"
    )
    ways += "  decisions:\n    - name: a\n      priority: 5\n      modelRefs: [{model: small}]\n"
    ways += "      signals: {operator: AND, conditions: [{type: keyword, name: cod}]}\n"
    foreign = read(Source("f.yaml", f"{pool}spec: {{defaultModel: small, models: [{{name: small}}]}}\n---\n{ways}"))
    (d,) = (d for d in foreign.findings.diagnostics if d.severity == "error")
    assert (d.code.id, d.span.text, d.span.line) == ("WRP151", "cod", 16)
    assert said(foreign, "WRP058")[0].startswith("IntelligentPool and IntelligentRoute are taken for a vLLM")


def test_anchors_of_the_values_are_followed() -> None:
    text = "x-shared: &retries\n  num_retries: many\nproxy_config:\n" + indent(GATEWAY, "  ").replace(
        "router_settings:\n", "router_settings:\n    <<: *retries\n"
    )
    foreign = read(Source("values.yaml", text))
    assert "WRP164" in found(foreign)[-1]
    assert [d.span.text for d in foreign.findings.diagnostics if d.code.id == "WRP152"] == ["*retries"]


# ── Several ───────────────────────────────────────────────────────────────


def test_each_of_several_is_checked_and_named() -> None:
    text = (
        config_map(GATEWAY, name="eu")
        + "---\n"
        + config_map(ROUTER, name="sr")
        + "---\n"
        + config_map(FIXED, name="us")
    )
    foreign = read(Source("all.yaml", text))
    assert [(c.importer, c.where) for c in foreign.configurations] == [
        ("litellm", "`config.yaml` of the ConfigMap `eu`"),
        ("vllm-sr", "`config.yaml` of the ConfigMap `sr`"),
        ("litellm", "`config.yaml` of the ConfigMap `us`"),
    ]
    assert [p.name for p in foreign.policies] == ["eu", "sr", "us"]
    (message,) = said(foreign, "WRP164")
    assert message.endswith("(in `config.yaml` of the ConfigMap `eu`)")
    of_policies = [d for d in wrpc.check_file(foreign.source, kind="auto").diagnostics if d.code.id.startswith("WRP5")]
    assert [d.message.rpartition(" (in ")[2] for d in of_policies] == [
        "`config.yaml` of the ConfigMap `us`)",
    ]
    only = read(Source("all.yaml", text), "litellm")
    assert [c.where[-4:] for c in only.configurations] == ["`eu`", "`us`"]


def test_configurations_as_documents_of_one_file() -> None:
    foreign = read(Source("two.yaml", f"# first\n{GATEWAY}--- # second\n{ROUTER}"))
    assert [c.where for c in foreign.configurations] == ["document 1", "document 2"]
    assert found(foreign) == ["WRP164 9:13", "WRP054 11:1", "WRP350 21:17", "WRP151 25:65"]
    assert repaired(foreign.source.text) == f"# first\n{FIXED}--- # second\n{ROUTER}"


def test_a_configuration_that_a_mark_cuts_is_not_two() -> None:
    foreign = read(Source("f.yaml", GATEWAY + "---\nx: 1\n"))
    assert found(foreign) == ["WRP054 10:1"]
    assert foreign.policies == ()


def test_a_mark_alone_changes_nothing() -> None:
    assert found(read(Source("f.yaml", "---\n" + GATEWAY))) == ["WRP164 9:13"]


# ── What it looks like ────────────────────────────────────────────────────

SYSTEMS = {
    "an Envoy bootstrap": "admin: {}\nstatic_resources: {listeners: [], clusters: []}\n",
    "a Portkey config": '{"strategy": {"mode": "fallback"}, "targets": [{"provider": "openai"}]}',
    "a Kong declarative configuration": "_format_version: '3.0'\nservices: []\n",
    "an Istio VirtualService": "apiVersion: networking.istio.io/v1\nkind: VirtualService\nspec: {http: []}\n",
    "a Kubernetes Deployment": "apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 1}\n",
    "a Kubernetes ConfigMap with `nginx.conf`": "apiVersion: v1\nkind: ConfigMap\ndata:\n  nginx.conf: 'events {}'\n",
    "a docker-compose file": "services:\n  web: {image: nginx}\n",
    "a Helm chart's `Chart.yaml`": "apiVersion: v2\nname: gateway\nversion: 0.1.0\n",
    "Helm values": "replicaCount: 1\nimage: {repository: nginx, tag: '1'}\n",
    "a GitHub workflow": "on: push\njobs:\n  test: {runs-on: ubuntu-latest, steps: []}\n",
    "a Prometheus configuration": "scrape_configs:\n  - job_name: x\n",
    "Prometheus rules": "groups:\n  - name: a\n    rules:\n      - {alert: x, annotations: {m: '{{ $value }}'}}\n",
    "an OpenAPI description": "openapi: 3.1.0\ninfo: {title: x}\npaths: {}\n",
    "a KServe LLMInferenceService": "apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nspec: {}\n",
    "an Envoy AI Gateway AIGatewayRoute": "apiVersion: aigateway.envoyproxy.io/v1\nkind: AIGatewayRoute\nspec: {}\n",
    "a Gateway API HTTPRoute": "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nspec: {}\n",
    "an agentgateway configuration": "binds:\n  - port: 3000\n    listeners: []\n",
    "a price map of LiteLLM": '{"gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1}}',
    "a pre-commit configuration": "repos:\n  - repo: x\n    rev: v1\n    hooks: [{id: y}]\n",
    "a wrpc policy": "policy p {\n  language 1\n}\npool a { model m }\n",
    "the manifest of a wrpc compilation": '{"version": 1, "compiler": {"name": "wrpc"}, "policy": "p", "sources": []}',
    "a JSON Schema": '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}',
    "an nginx configuration": "worker_processes 1;\nhttp {\n  server { listen 80; }\n}\n",
    "a vLLM Semantic Router configuration of before v0.3": "vllm_endpoints: []\nmodel_config: {}\ndefault_model: m\n",
    "a list of MCP servers": '{"mcpServers": {"x": {"command": "y"}}}',
    "a kubeconfig": "apiVersion: v1\nkind: Config\nclusters: []\n",
    "a TOML file": "# x\n[tool.x]\ny = 1\n",
    "a Dockerfile": "# x\nFROM python:3.11\nRUN true\n",
    "nothing but comments": "# model_list:\n# - x\n",
}


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("kind", ["auto", "litellm", "vllm-sr"])
def test_another_systems_file_is_named(name: str, kind: str) -> None:
    foreign = read(Source("file.yaml", SYSTEMS[name]), kind)
    assert said(foreign, "WRP070") == [f"skipped: not a configuration that wrpc reads (it looks like {name})"]
    assert [d.severity for d in foreign.findings.diagnostics] == ["error"]
    assert foreign.configurations == ()


def test_a_description_of_configurations_holds_none() -> None:
    example = json.dumps({"description": "as {{ .Values.x }}", "examples": [GATEWAY]})
    text = f'{{"$schema": "x", "properties": {{"proxy_config": {example}}}}}'
    assert said(read(Source("f.json", text)), "WRP070")[0].endswith("(it looks like a JSON Schema)")


def test_one_that_may_be_none_is_a_note() -> None:
    foreign = read(Source("f.yaml", SYSTEMS["an Envoy bootstrap"]), optional=True)
    assert [d.severity for d in foreign.findings.diagnostics] == ["info"]


def test_what_looks_like_nothing() -> None:
    assert "it has no key of a LiteLLM" in said(read(Source("f.yaml", "a: 1\n")), "WRP070")[0]
    # Who insists is told by the importer.
    assert found(read(Source("f.yaml", "a: 1\n"), "litellm")) == ["WRP057 1:1"]
    assert found(read(Source("f.yaml", "a: [\n"))) == ["WRP070 1:1", "WRP050 2:1"]


def test_whoever_insists_on_the_other_kind() -> None:
    foreign = read(Source("f.yaml", config_map(ROUTER)), "litellm")
    (d,) = foreign.findings.diagnostics
    assert (
        d.message
        == "skipped: not a LiteLLM proxy configuration (it looks like a vLLM Semantic Router configuration, v0.3)"
    )
    assert d.help == "`--from vllm-sr` reads it"


def test_keys_count_wherever_they_stand() -> None:
    late = "x-a: 1\n" * 0 + "".join(f"x-{n}: {n}\n" for n in range(200)) + GATEWAY
    assert [c.importer for c in read(Source("f.yaml", late)).configurations] == ["litellm"]
    # The word at the beginning of a line is no key of the file.
    quoted = 'notes: "\nmodel_list: x\n"\nreplicaCount: 1\n'
    assert said(read(Source("f.yaml", quoted)), "WRP070")[0].endswith("(it looks like Helm values)")


def test_both_possible() -> None:
    foreign = read(Source("f.yaml", ROUTER + "litellm_settings: {drop_params: true}\n"))
    assert [c.importer for c in foreign.configurations] == ["vllm-sr"]
    (d,) = (d for d in foreign.findings.diagnostics if d.code.id == "WRP074")
    assert d.severity == "warning"
    assert "has keys of a LiteLLM proxy configuration as well" in d.message
    assert d.help == "`--from vllm-sr` or `--from litellm` says which one is meant"


def test_a_slip_in_the_yaml_is_told_of_the_configuration() -> None:
    broken = GATEWAY.replace("    - chat: spare", "    - chat: [spare")
    for text, line in ((broken, 9), (config_map(broken), 15)):
        assert found(read(Source("f.yaml", text)))[0].startswith(f"WRP050 {line}:")


# ── What is not read ──────────────────────────────────────────────────────

TEMPLATES = {
    "a value": "model_list:\n  - model_name: {{ .Values.name }}\n    litellm_params: {model: x}\n",
    "a block": "model_list:\n  {{- toYaml .Values.models | nindent 2 }}\n",
    "a condition": "{{- if .Values.enabled }}\nmodel_list: []\n{{- end }}\n",
    "in quotes": GATEWAY.replace("mistral/mistral-large-latest", '"{{ .Values.model }}"'),
    "in a ConfigMap": config_map("{{ toYaml .Values.proxy_config | nindent 4 }}\n").replace("gateway", "x"),
    "a name": config_map(GATEWAY, name='{{ include "x.fullname" . }}-config'),
    "a part of it": config_map(GATEWAY.replace("openai/gpt-4o", "{{ .Values.model }}")),
}


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("kind", ["auto", "litellm"])
def test_a_template_is_not_misread(name: str, kind: str) -> None:
    text = TEMPLATES[name]
    foreign = read(Source("f.yaml", text), kind)
    (d,) = foreign.findings.diagnostics
    assert (d.code.id, d.severity, d.span.text[:2]) == ("WRP071", "error", "{{")
    assert "it looks like a Helm template" in d.message
    assert foreign.policies == ()


def test_a_prompt_with_braces_is_no_template() -> None:
    text = GATEWAY + "litellm_settings:\n  default_prompt: 'Say {{ name }} and {{ if }}'\n"
    assert "WRP071" not in " ".join(found(read(Source("f.yaml", text)), "info"))


def test_base64_is_named() -> None:
    text = config_map(FIXED) + "binaryData:\n  more.yaml: bW9kZWw6IDEK\n"
    foreign = read(Source("f.yaml", text))
    assert said(foreign, "WRP072") == [
        "`more.yaml` of `binaryData` in the ConfigMap `gateway` is not read: it is base64"
    ]
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {config.yaml: bW9k, password: eA==}\n"
    foreign = read(Source("f.yaml", secret))
    assert said(foreign, "WRP072") == ["`config.yaml` of `data` in the Secret `s` is not read: it is base64"]
    assert "(it looks like a Kubernetes Secret)" in said(foreign, "WRP070")[0]


def test_a_config_map_takes_text_alone() -> None:
    text = config_map(GATEWAY, "")
    foreign = read(Source("f.yaml", text))
    assert found(foreign) == ["WRP073 6:3", "WRP164 14:17"]
    assert "Kubernetes takes only text there" in said(foreign, "WRP073")[0]


def test_a_file_beside_this_one_is_not_beside_the_text() -> None:
    foreign = read(Source("f.yaml", config_map("include: [models.yaml]\n" + GATEWAY)))
    assert [d.severity for d in foreign.findings.diagnostics if "`models.yaml` is included" in d.message] == ["info"]
    assert found(foreign) == ["WRP164 15:17"]


def test_releases() -> None:
    with pytest.raises(UnknownRelease, match=r"known in release .*, not `0\.1`"):
        read(Source("f.yaml", GATEWAY), "litellm", "0.1")
    with pytest.raises(KeyError):
        read(Source("f.yaml", GATEWAY), "nginx")


def test_many_repairs_inside_a_file_are_linear_work() -> None:
    def work(number: int, way: Callable[[str], str]) -> int:
        entry = "  - model_name: a{0}\n    litellm_params: {{model: openai/gpt-4o, weight: '{0}'}}\n"
        text = "model_list:\n" + "".join(map(entry.format, range(1, number + 1)))
        source = Source("f.yaml", way(text + "general_settings: {master_key: os.environ/M}\n"))
        answers: list[Foreign] = []
        spent = calls(lambda: answers.append(read(source, "litellm")))
        assert sum(len(d.fixes) for d in answers[0].findings.diagnostics) >= number
        return spent

    for way in (config_map, as_values, as_json):
        work(1, way)
        assert work(400, way) < 2.3 * work(200, way)


# ── Hostile ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "a: " * 3000, "- " * 3000, config_map("", "|"), config_map("a", '"\\'),
        "kind: ConfigMap\napiVersion: v1\ndata: 1\n",
        "apiVersion: v1\nkind: List\nitems: {a: 1}\n", "apiVersion: v1\nkind: List\nitems: [1, [], {}]\n",
        config_map("x: |\n  y: |\n    z: |\n      model_list: [{litellm_params: {model: x}}]\n"),
        "---\n---\n---\n", "--- |\n model_list: []\n", "a: &a\n  proxy_config: {x: *a}\n", "? [model_list]\n: 1\n",
        "proxy_config: &p\n  model_list: []\n  router_settings: {}\n", "{{" * 5000, "#" * 5000, "\n" * 5000,
        config_map(GATEWAY, '"').replace("\n    ", "\\\n    "), "\ufeffa: 1", "model_list:\n" + "---\n" * 400,
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["auto", "litellm", "vllm-sr"])
def test_no_text_raises(text: str, kind: str) -> None:
    foreign = read(Source("f.yaml", text), kind)
    assert {d.span.source for d in foreign.findings.diagnostics} <= {foreign.source}
    wrpc.fix(foreign.source, kind=kind, optional=True)


# ── Laws ──────────────────────────────────────────────────────────────────

HERE = Path(__file__).resolve().parent
FILES = [
    *sorted((HERE / "litellm" / "cases").glob("*.yaml")),
    *sorted((HERE.parent / "conformance" / "litellm" / "faults").rglob("*.yaml"))[::3],
    *sorted((HERE / "vllm_sr" / "cases").glob("*.yaml")),
    *sorted((HERE / "vllm_sr" / "recipes").glob("*.yaml")),
]


def as_values(text: str) -> str:
    return "image: {repository: x, tag: '1'}\nconfig:\n" + indent(text, "    ") + "\nreplicaCount: 1\n"


def as_json(text: str) -> str:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "g"}, "data": {"config.yaml": text}}
    return json.dumps(made, ensure_ascii=False, indent=1)


WAYS = {"a ConfigMap": lambda text: config_map(text.rstrip("\n") + "\n"), "Helm values": as_values, "JSON": as_json}


@pytest.mark.parametrize("way", WAYS)
def test_a_text_inside_a_file_says_what_it_says_alone(way: str) -> None:
    """Code, severity and the very words that a finding points at, and the same text after all repairs."""
    compared = fixed = 0
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        kind = "litellm" if "litellm" in path.parts else "vllm-sr"
        if "include:" in text:
            continue
        alone, inside = read(Source("config.yaml", text), kind), read(Source("file.yaml", WAYS[way](text)), kind)
        if len(inside.configurations) != 1:
            # What is one only because somebody insists, nobody looks for inside a file.
            assert not any(recognised(text))
            continue
        ours, theirs = (
            sorted((d.code.id, d.severity, "".join(d.span.text.split())) for d in each.findings.diagnostics)
            for each in (alone, inside)
        )
        if way == "JSON":
            theirs = [(code, severity, json_text(words)) for code, severity, words in theirs]
        assert ours == theirs, path.name
        compared += len(ours)
        made, whole = wrpc.fix(alone.source, kind=kind), wrpc.fix(inside.source, kind=kind)
        assert [(d.code.id, fix.title) for d, fix in whole.applied] == [
            (d.code.id, fix.title) for d, fix in made.applied
        ]
        if way == "Helm values":
            assert document_of(whole.text)["config"] == document_of(made.text), path.name
        else:
            assert whole.text == WAYS[way](made.text), path.name
        fixed += len(whole.applied)
    assert compared > 250
    assert fixed > 10


def document_of(text: str) -> Any:
    return yaml.load(text, yaml.BaseLoader)


def recognised(text: str) -> list[str]:
    return [each.importer for each in read(Source("config.yaml", config_map(text))).configurations]


def json_text(words: str) -> str:
    return words.replace("\\n", "").replace('\\"', '"').replace("\\\\", "\\")


PIECES = ("{{ .Values.x }}", "\t", "---", "&a ", "*a", "|", "'", "é", "{[")


@given(st.integers(0, 2**32))
@settings(max_examples=120, deadline=None)
def test_a_mutated_file_is_read_without_an_exception(seed: int) -> None:
    chance = Random(seed)
    texts = [*HOMES.values(), *TEMPLATES.values(), as_json(ROUTER), config_map(ROUTER, ">"), f"{GATEWAY}---\n{ROUTER}"]
    lines = chance.choice(texts).split("\n")
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(lines))
        cut = chance.randint(0, len(lines[at]))
        match chance.randrange(5):
            case 0:
                del lines[at : at + chance.randint(1, 3)]
                lines = lines or [""]
            case 1:
                lines.insert(at, chance.choice(lines))
            case 2:
                lines[at] = lines[at][:cut] + chance.choice(PIECES) + lines[at][cut:]
            case 3:
                lines[at] = " " * chance.randint(0, 5) + lines[at].lstrip()
            case _:
                lines[at] = lines[at][:cut]
    source = Source("f.yaml", "\n".join(lines))
    foreign = read(source)
    for d in foreign.findings.diagnostics:
        for span in (d.span, *(r.span for r in d.related), *(e.span for fix in d.fixes for e in fix.edits)):
            assert span.source is source
            assert 0 <= span.start <= span.end <= len(source.text)
    for d in wrpc.check_file(source, kind="auto").diagnostics:
        assert d.span.source is source
