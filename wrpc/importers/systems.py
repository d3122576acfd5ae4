"""Files of other systems, told by their keys or, where they are no YAML, by their first words.

A row is a name, as it stands behind "it looks like", and the sets of paths of which one has to be there whole. The
first row that fits is meant, so that what is special stands before what is general.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.importers.nodes import text_of
from wrpc.importers.recognition import has

Row = tuple[str, tuple[str, ...]]

ROWS: Sequence[Row] = (
    ("the manifest of a wrpc compilation", ("compiler.name sources policy",)),
    ("findings of wrpc", ("verdict diagnostics", "verdict summary proofs")),
    ("facts of a release, as wrpc has them", ("release sections", "release shuffle")),
    ("a price map of LiteLLM", ("sample_spec", "*.litellm_provider")),
    ("a vLLM Semantic Router configuration of before v0.3", ("vllm_endpoints", "model_config default_model",
        "categories[].model_scores", "decisions[].modelRefs")),
    ("an Envoy bootstrap", ("static_resources", "staticResources", "dynamic_resources", "dynamicResources",
        "admin layered_runtime")),
    ("Envoy resources", ("resources[].@type",)),
    ("a Kong declarative configuration", ("_format_version",)),
    ("a Portkey config", ("strategy.mode targets", "targets[].virtual_key", "targets[].override_params",
        "targets[].strategy.mode", "virtual_key", "provider retry.attempts")),
    ("an agentgateway configuration", ("binds[].listeners", "binds[].port", "gateways routes", "llm.models",
        "frontendPolicies")),
    ("a Bifrost configuration", ("providers.*.keys config_store", "providers.*.keys client",
        "providers.*.keys governance", "providers.*.keys[].weight")),
    ("a KrakenD configuration", ("endpoints[].backend version",)),
    ("an APISIX configuration", ("apisix", "routes[].upstream", "routes[].upstream_id")),
    ("a Traefik configuration", ("entryPoints", "http.routers", "http.middlewares")),
    ("an LMCache configuration", ("chunk_size local_cpu", "local_cpu max_local_cpu_size")),
    ("a llama-swap configuration", ("models.*.cmd",)),
    ("a NeMo Guardrails configuration", ("rails.input", "rails.output", "rails.dialog")),
    ("a promptfoo configuration", ("prompts providers tests",)),
    ("a Continue configuration", ("models[].roles", "schema models[].provider")),
    ("a list of MCP servers", ("mcpServers",)),
    ("a request to a model", ("model messages", "messages[].role")),
    ("a model's `config.json`", ("model_type architectures",)),
    ("arguments of a vLLM server", ("model tensor-parallel-size", "model tensor_parallel_size",
        "model gpu-memory-utilization", "model max-model-len", "model served-model-name")),
    ("a docker-compose file", ("services.*.image", "services.*.build", "services version")),
    ("a GitHub workflow", ("jobs.*.steps", "jobs.*.runs-on", "jobs.*.uses on")),
    ("a GitHub action", ("runs.using",)),
    ("a Dependabot configuration", ("updates[].package-ecosystem",)),
    ("a GitLab pipeline", ("stages *.script", "*.script *.stage")),
    ("a CircleCI configuration", ("jobs workflows version",)),
    ("an Azure pipeline", ("trigger stages", "trigger steps", "pool.vmImage")),
    ("a pre-commit configuration", ("repos[].hooks", "repos[].rev")),
    ("a Prometheus configuration", ("scrape_configs", "global.scrape_interval")),
    ("Prometheus rules", ("groups[].rules",)),
    ("an Alertmanager configuration", ("route.receiver receivers", "receivers inhibit_rules")),
    ("an OpenTelemetry collector configuration", ("receivers exporters service.pipelines",)),
    ("a Grafana dashboard", ("panels schemaVersion", "panels templating")),
    ("Grafana data sources", ("apiVersion datasources",)),
    ("an OpenAPI description", ("openapi paths", "openapi info", "swagger")),
    ("an AsyncAPI description", ("asyncapi",)),
    ("a Helm chart's `Chart.yaml`", ("apiVersion name version", "apiVersion name dependencies")),
    ("a Helm lock file", ("dependencies digest generated",)),
    ("a Helmfile", ("releases[].chart",)),
    ("a Kustomization", ("configMapGenerator", "resources patches", "namePrefix resources")),
    ("values of the vLLM production stack's chart", ("servingEngineSpec", "routerSpec")),
    ("values of the llm-d model service's chart", ("modelArtifacts decode", "modelArtifacts routing")),
    ("Helm values", ("replicaCount", "fullnameOverride", "nameOverride", "image.repository", "image.pullPolicy",
        "serviceAccount.create", "*.image.repository", "*.replicaCount", "*.fullnameOverride",
        "ingress.enabled service", "autoscaling.enabled")),
    ("a CloudFormation template", ("AWSTemplateFormatVersion", "Resources.*.Type")),
    ("a Jupyter notebook", ("cells nbformat",)),
    ("a `package.json`", ("name dependencies", "name devDependencies", "name scripts", "lockfileVersion")),
    ("an MkDocs configuration", ("site_name",)),
    ("a conda environment", ("channels dependencies",)),
    ("a JSON Schema", ("$schema properties", "$schema $defs", "$schema definitions", "$schema type", "properties type",
        "$defs $ref")),
)  # fmt: skip

LISTS: Sequence[Row] = (
    ("an Ansible playbook", ("hosts tasks", "hosts roles")),
    ("hooks of pre-commit", ("id entry language",)),
    ("a request's messages", ("role content",)),
)

# What speaks of configurations, in examples and types, and holds none.
DESCRIPTIONS = frozenset(
    (
        "a JSON Schema",
        "an OpenAPI description",
        "an AsyncAPI description",
        "a Jupyter notebook",
        "a Kubernetes CustomResourceDefinition",
        "facts of a release, as wrpc has them",
        "findings of wrpc",
    )
)

# What whoever named such a file may have meant.
ADVICE: Mapping[str, str] = {
    "a wrpc policy": "`wrpc check FILE`, without `--from`, reads it",
    "a vLLM Semantic Router configuration of before v0.3": "`vllm-sr config migrate` makes it one of today",
}

# Who stands behind a group of Kubernetes resources; those of Kubernetes itself have no group, or one below `k8s.io`.
GROUPS: Mapping[str, str] = {
    "agentgateway.dev": "an agentgateway",
    "aigateway.envoyproxy.io": "an Envoy AI Gateway",
    "argoproj.io": "an Argo",
    "cert-manager.io": "a cert-manager",
    "configuration.konghq.com": "a Kong",
    "extensions.higress.io": "a Higress",
    "external-secrets.io": "an External Secrets",
    "gateway.envoyproxy.io": "an Envoy Gateway",
    "gateway.networking.k8s.io": "a Gateway API",
    "helm.toolkit.fluxcd.io": "a Flux",
    "inference.networking.k8s.io": "a Gateway API",
    "inference.networking.x-k8s.io": "a Gateway API",
    "keda.sh": "a KEDA",
    "kustomize.config.k8s.io": "a Kustomize",
    "kustomize.toolkit.fluxcd.io": "a Flux",
    "kyverno.io": "a Kyverno",
    "llm-d.ai": "an llm-d",
    "monitoring.coreos.com": "a Prometheus Operator",
    "networking.istio.io": "an Istio",
    "ray.io": "a Ray",
    "security.istio.io": "an Istio",
    "serving.kserve.io": "a KServe",
    "source.toolkit.fluxcd.io": "a Flux",
    "telemetry.istio.io": "an Istio",
    "traefik.io": "a Traefik",
    "vllm.ai": "a vLLM Semantic Router",
}

# What is no YAML at all, or none that means anything, by what follows the comments at its top.
TEXTS: Sequence[tuple[str, re.Pattern[str]]] = (
    ("a wrpc policy", re.compile(r'(policy|signal|route|guard|pool|model|override) [^\n:{]*\{|import "[^"\n]*\.wrp"')),
    (
        "an nginx configuration",
        re.compile(r"(?m)(.*;\n)*(http|events|upstream [^\n{]+|server|location [^\n{]+) *\{ *$"),
    ),
    ("an HAProxy configuration", re.compile(r"(?m)(global|defaults|(frontend|backend|listen) \S+)\s*$\n +\w+ ")),
    ("a Terraform file", re.compile(r'(resource|variable|provider|module|output|data) "[^"\n]+"|terraform *\{')),
    ("a Dockerfile", re.compile(r"(ARG [^\n]*\n)*FROM \S+")),
    ("a Rego policy", re.compile(r"(?m)package [\w.]+$")),
    ("a Python program", re.compile(r'(?m)import [\w.]+$|from [\w.]+ import |def \w+\(|"""')),
    ("XML or HTML", re.compile(r"<(\?xml|!DOCTYPE|[a-zA-Z]+[\s>])")),
    ("a TOML file", re.compile(r'(?m)(\w[\w.-]* = .*\n)*\[{1,2}[\w."-]+\]{1,2} *$')),
    ("a list of variables", re.compile(r"(export )?[A-Z_][A-Z0-9_]*=")),
)

# Helm's templates are Go's; the names after the dot and the functions are Helm's own. What only begins like one may be
# a prompt, which has its own `{{ … }}`.
_HELM = re.compile(r'\{\{-?\s*(?:[^{}\n]*(\.Values|\.Release|\.Chart|\.Files|\.Capabilities)\b|include "|toYaml |tpl )')
_GO = re.compile(r"\{\{-?\s*(?:/\*|(?:if|else|end|range|with|define|template|block)\b|\.\w|\$)")
_JINJA = re.compile(r"\{%-?\s*\w+|\{\{\s*\w")
_COMMENT = re.compile(r"(?m)^[ \t]*#[^\n]*")


def system(root: Node | None) -> str | None:
    """The name of the system whose file a document is, with its article."""
    if isinstance(root, Items):
        return next((name for name, sets in LISTS for item in root.items[:3] if _fits(item, sets)), None)
    if not isinstance(root, Keys):
        return None
    if (resource := kubernetes(root)) is not None:
        return resource
    return next((name for name, sets in ROWS if _fits(root, sets)), None)


def _fits(root: Node, sets: Sequence[str]) -> bool:
    return any(all(has(root, path) for path in paths.split()) for paths in sets)


def kubernetes(root: Keys) -> str | None:
    """A resource of Kubernetes by its kind, and by whose it is."""
    version, kind = text_of(root, "apiVersion"), text_of(root, "kind")
    if version is None or kind is None:
        return None
    group = version.rpartition("/")[0]
    if kind == "Config" and has(root, "clusters"):
        return "a kubeconfig"
    if group in GROUPS:
        return f"{GROUPS[group]} {kind}"
    if not group or "." not in group or group.endswith(".k8s.io"):
        return f"a Kubernetes {kind}"
    return f"a Kubernetes {kind} of `{group}`"


def written(text: str) -> str | None:
    """What a text that is no YAML, or only a word of it, looks like."""
    if text.startswith("#!"):
        return "a script"
    rows = text[:20_000].split("\n")
    first = next((n for n, row in enumerate(rows) if row.strip() and not row.lstrip().startswith(("#", "//"))), None)
    if first is None:
        return "nothing but comments" if text.strip() else None
    head = "\n".join(rows[first:]).lstrip()
    return next((name for name, pattern in TEXTS if pattern.match(head)), None)


def template(text: str, *, strict: bool = False) -> tuple[str, int, int] | None:
    """Whose template a text is, and where the first of its places stands that are filled in later. `strict`: it has to
    be a template for certain."""
    bare = _COMMENT.sub(lambda m: " " * len(m.group()), text) if "{{" in text or "{%" in text else ""
    rows = (("a Helm template", _HELM), ("a Helm template", _GO), ("a template", _JINJA))
    for name, pattern in rows[:1] if strict else rows:
        if (found := pattern.search(bare)) is not None:
            end = bare.find("}}", found.start())
            return name, found.start(), end + 2 if end >= 0 else found.end()
    return None


def fills(root: Node | None) -> bool:
    """Whether a document only happens to be YAML: `key: {{ x }}` is a mapping whose key is a mapping."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        match node:
            case Keys():
                if node.span.source.text.startswith("{{", node.span.start, node.span.end):
                    return True
                waiting += (pair.value for pair in node.pairs.values())
            case Items():
                waiting += node.items
            case Scalar() | None:
                pass
    return False
