"""Budgets in money: those that are never counted, and those that no request passes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wrpc.diagnostics import did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers.document import Keys, Node, Pair, Scalar, is_null, kind
from wrpc.importers.faults import ALIKE
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import ROUTER, SETTINGS, Config, variable
from wrpc.importers.litellm.deployments import Deployment
from wrpc.importers.litellm.types import fits
from wrpc.importers.litellm.values import scalar, wrong
from wrpc.importers.nodes import line

# What the program reads of a duration: the beginning alone, so that `1day` is one.
_DURATION = re.compile(r"\d+(mo|[smhdw])")
WRITTEN = "a duration is a number and a unit: `30s`, `30m`, `24h`, `7d`, `2w`, `1mo`"
LIMIT, PERIOD = "budget_limit", "time_period"


def read(config: Config, deployments: Iterable[Deployment]) -> None:
    for deployment in deployments:
        _pair(config, deployment.params, "max_budget", "budget_duration", "of this deployment")
    settings = config.section(SETTINGS)
    if settings is not None:
        _pair(config, settings, "max_budget", "budget_duration", "of the whole proxy")
    pair = config.setting("provider_budget_config", ROUTER)
    if pair is not None and isinstance(pair.value, Keys):
        for name, entry in pair.value.pairs.items():
            _provider(config, name, entry)


def _pair(config: Config, owner: Keys, limit: str, period: str, whose: str) -> None:
    """A budget and its duration, each of which is nothing without the other."""
    amount, time = owner.get(limit), owner.get(period)
    if amount is not None and not fits("number|numeral", amount):
        return
    for own, node, other in ((limit, amount, period), (period, time, limit)):
        if node is not None and not is_null(node) and (owner.get(other) is None):
            message = f"`{own}` {whose} has an effect only with `{other}`, which is missing: nothing is limited"
            config.say(codes.WITHOUT_EFFECT, message, owner.key(own), "ignored")
    if amount is not None and time is not None:
        _amount(config, limit, amount, "settings" not in whose)
        _duration(config, period, time)


def _amount(config: Config, key: str, node: Node, refuses: bool) -> None:
    value = scalar(node)
    if isinstance(value, bool | str) or value is None:
        return
    if value == 0:
        message = f"`{key}` is 0, which is taken for no budget: nothing is limited"
        config.say(shared.OUT_OF_RANGE, message, node.span, "otherwise")
    elif value < 0 and refuses:
        message = f"`{key}` is {_said(node)}, which is spent before the first request; every request fails"
        config.say(shared.OUT_OF_RANGE, message, node.span, "fails")


def _said(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _duration(config: Config, key: str, node: Node) -> None:
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or variable(node) is not None:
        return
    words = config.facts.words["duration"]
    if _DURATION.match(node.value):
        return
    if node.value.strip().lower() in words:
        message = f"`{key}` is `{node.value}`, which {config.program} reads and releases before it do not"
        config.say(codes.WITHOUT_EFFECT, message, node.span, "note", help=WRITTEN)
        return
    message = f"`{key}` is `{node.value}`, which {config.program} cannot read: what is spent is never counted"
    config.say(codes.WITHOUT_EFFECT, message, node.span, "ignored", help=WRITTEN)


def _provider(config: Config, name: str, pair: Pair) -> None:
    """The budget of a provider, which the program reads at its start."""
    if not isinstance(pair.value, Keys):
        what = "empty" if is_null(pair.value) else kind(pair.value)
        message = f"the budget of `{name}` is {what}, where a mapping is expected"
        wrong(config, message, pair.key if is_null(pair.value) else pair.value, "stops")
        return
    if name not in config.facts.providers:
        message = f"{config.program} knows no provider `{name}`, so this budget is never counted"
        hint = did_you_mean(name, config.facts.providers, ALIKE)
        config.say(codes.UNKNOWN_PROVIDER, message, pair.key.span, "ignored", help=hint)
    for key, each in pair.value.pairs.items():
        if key not in (LIMIT, PERIOD):
            message = f"`{key}` is not a key of a provider's budget, and {config.program} ignores it"
            meant = {"max_budget": LIMIT, "budget_duration": PERIOD}.get(key)
            config.say(shared.UNKNOWN_KEY, message, each.key.span, "ignored", help=meant and f"write `{meant}`")
    limit, period = pair.value.get(LIMIT), pair.value.get(PERIOD)
    if limit is None and period is not None:
        message = f"the budget of `{name}` has no `{LIMIT}`; every request to it fails"
        config.say(shared.MISSING_KEY, message, line(pair.key.span), "fails")
    if limit is not None and period is None:
        message = f"`{LIMIT}` has an effect only with `{PERIOD}`, which is missing: nothing is limited"
        config.say(codes.WITHOUT_EFFECT, message, pair.value.key(LIMIT), "ignored")
    if limit is not None and period is not None:
        _amount(config, LIMIT, limit, refuses=True)
        _duration(config, PERIOD, period)
