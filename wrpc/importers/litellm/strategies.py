"""How the router chooses: strategies that lack what they measure by, and arguments that no strategy takes."""

from __future__ import annotations

from wrpc.importers import codes as shared
from wrpc.importers.document import Keys
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import ROUTER, Config, strategy
from wrpc.importers.litellm.values import limits
from wrpc.importers.nodes import line

ARGUMENTS, SHUFFLE, BUDGETS = "routing_strategy_args", "simple-shuffle", "provider-budget-routing"
# Numbers of the router that no request passes where they are below 0.
LIMITS = ("default_max_parallel_requests",)


def read(config: Config) -> None:
    router = config.section(ROUTER)
    if router is None:
        return
    chosen = strategy(config) or SHUFFLE
    arguments = router.get(ARGUMENTS)
    if chosen == SHUFFLE and isinstance(arguments, Keys) and arguments.pairs:
        message = f"`{ARGUMENTS}` count for nothing: `{SHUFFLE}` takes none"
        config.say(codes.WITHOUT_EFFECT, message, router.key(ARGUMENTS), "ignored")
    if chosen == BUDGETS:
        message = f"`{BUDGETS}` is not a strategy any more: {config.program} starts and refuses every request"
        config.say(shared.UNKNOWN_WORD, message, line(router["routing_strategy"].span), "fails")
    limits(config, router, LIMITS)
    _dependents(config, router)


def _dependents(config: Config, router: Keys) -> None:
    """What belongs to Redis and is not, without an address."""
    named = [key for key in ("redis_port", "redis_password", "redis_db") if router.get(key) is not None]
    if named and router.get("redis_host") is None and router.get("redis_url") is None:
        message = f"`{named[0]}` has an effect only with `redis_host`, which is missing: the router shares nothing"
        config.say(codes.WITHOUT_EFFECT, message, router.key(named[0]), "ignored")
