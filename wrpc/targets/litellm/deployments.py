"""A pool as LiteLLM calls it: the provider and its model, an address, a key, what its answers cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wrpc.diagnostics import Diagnostic, did_you_mean, finding
from wrpc.policy.model import Env, Policy, Pool, Value
from wrpc.source import Span
from wrpc.targets.codes import UNEMITTABLE
from wrpc.targets.litellm.providers import PROVIDERS, SPELLED

Entry = dict[str, object]
OPENAI = "openai"
"""Whatever has an address and says nothing else is called as OpenAI's API is."""
APIS = {"openai": OPENAI, "anthropic": "anthropic", "bedrock": "bedrock", "vertex": "vertex_ai", "azure": "azure",
        "gemini": "gemini"}  # fmt: skip


@dataclass(slots=True)
class Deployments:
    """What each pool becomes, whichever group it stands in."""

    policy: Policy
    endpoints: Mapping[str, Value]
    at: Span
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _made: dict[str, tuple[Entry, Entry]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[Entry, Entry]:
        """`litellm_params` and `model_info`."""
        if name not in self._made:
            pool = self.policy.pools[name]
            self._made[name] = self._params(pool), self._info(pool)
        params, info = self._made[name]
        return {**params}, {**info}

    def _params(self, pool: Pool) -> Entry:
        endpoint = self.endpoints.get(pool.name, pool.endpoint)
        params: Entry = {"model": self._model(pool, addressed=endpoint is not None)}
        if isinstance(endpoint, str | Env):
            params["api_base"] = self._said(endpoint, pool)
        if pool.auth is not None:
            params["api_key"] = f"os.environ/{pool.auth.name}"
        elif isinstance(endpoint, str | Env):
            params["api_key"] = "none"  # OpenAI's client does not start without any
        return params

    def _said(self, value: str | Env, pool: Pool) -> str:
        if isinstance(value, Env):
            return f"os.environ/{value.name}"
        if value.startswith("os.environ/"):
            message = f"the address of pool `{pool.name}` would be read as the name of a variable"
            self._fault(pool, message, 'write `endpoint env("NAME")`')
        return value if "://" in value else f"http://{value}/v1"

    def _model(self, pool: Pool, *, addressed: bool) -> str:
        provider, _, own = (pool.provider or "").partition("/")
        model = own or pool.model or pool.name
        called = self._provider(pool, provider, model, addressed=addressed)
        return model if model.partition("/")[0] == called and "/" in model else f"{called}/{model}"

    def _provider(self, pool: Pool, provider: str, model: str, *, addressed: bool) -> str:
        """Who is called: as the pool says, else as its model does; else whoever speaks its API at an address."""
        spelled = provider.lower().replace("-", "_")
        for word in (provider, spelled, SPELLED.get(spelled, "")):
            if word in PROVIDERS:
                return word
        if not provider and "/" in model and model.partition("/")[0] in PROVIDERS:
            return model.partition("/")[0]
        if addressed:
            return APIS[pool.api or "openai"]
        if provider:
            repair = did_you_mean(provider, PROVIDERS) or 'give the pool an address: `endpoint "https://…/v1"`'
            message = f"LiteLLM knows no provider `{provider}`, and pool `{pool.name}` has no address"
            self._fault(pool, message, repair)
        elif pool.api is not None:
            return APIS[pool.api]
        else:
            repair = f'say where it is: `target litellm {{ endpoints {{ {pool.name} "host:port" }} }}`'
            self._fault(pool, f"pool `{pool.name}` has neither a provider nor an address", repair)
        return OPENAI

    def _info(self, pool: Pool) -> Entry:
        info: Entry = {}
        model = self.policy.models.get(pool.model or "")
        context = pool.context or (model.context if model else None)
        if context is not None:
            info["max_input_tokens"] = context
        if model is not None and model.max_output is not None:
            info["max_output_tokens"] = model.max_output
        if pool.price is not None:
            for key, price in (("input", pool.price.input), ("output", pool.price.output)):
                if price is not None:
                    info[f"{key}_cost_per_token"] = price
        return info

    def _fault(self, pool: Pool, message: str, repair: str) -> None:
        at = self.at if pool.name in self.endpoints else pool.span
        self.diagnostics.append(finding(UNEMITTABLE, message, at, subjects=[f"pool {pool.name}"], help=repair))
