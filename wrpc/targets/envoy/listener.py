"""The listener: which headers of a client survive, what is read from the body, where the routes hang."""

from __future__ import annotations

from fractions import Fraction

from wrpc.targets.envoy import headers
from wrpc.targets.envoy.clusters import NAMESPACE, socket
from wrpc.targets.envoy.headers import Names
from wrpc.targets.envoy.limits import Limits
from wrpc.targets.envoy.routes import seconds
from wrpc.targets.envoy.settings import Settings
from wrpc.targets.envoy.totals import expression

Json = dict[str, object]

_TYPE = "type.googleapis.com/envoy.extensions."
SIGNALS = "wrpc signals"  # no cluster of pools has a space in its name
ROUTES = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/routes"


# Envoy's own limits, which are raised where a policy needs more.
HEADERS = 100
IDLE = Fraction(300)


def listener(
    routes: list[Json], names: Names, read: set[str], settings: Settings, counted: Limits, longest: Fraction
) -> Json:
    """`longest`: the longest time that a route gives its pools."""
    mutations = early(names, read, settings)
    limits: Json = {}
    if len(read) > HEADERS // 2:
        limits["common_http_protocol_options"] = {"max_headers_count": HEADERS + len(read)}
    if longest > IDLE:
        limits["stream_idle_timeout"] = seconds(longest)
    manager: Json = {
        "@type": _TYPE + "filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "wrpc",
        "normalize_path": True,
        **limits,
        "early_header_mutation_extensions": [
            {
                "name": "envoy.http.early_header_mutation.header_mutation",
                "typed_config": {
                    "@type": _TYPE + "http.early_header_mutation.header_mutation.v3.HeaderMutation",
                    "mutations": mutations,
                },
            }
        ],
        "http_filters": [*_processor(settings), *_model(), *counted.filter(), _router()],
        "route_config": {
            "name": "wrpc",
            "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}],
            # Who really served, after fallbacks.
            "response_headers_to_add": [
                {
                    "header": {"key": headers.POOL, "value": f"%UPSTREAM_METADATA({NAMESPACE}:pool)%"},
                    "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                }
            ],
        },
    }
    return {
        "name": "wrpc",
        "address": socket(settings.listen),
        # Bodies are buffered whole, to read `model` and to send them once more.
        "per_connection_buffer_limit_bytes": settings.max_body,
        "filter_chains": [
            {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
        ],
    }


def early(names: Names, read: set[str], settings: Settings) -> list[Json]:
    """What happens to a client's headers before anything reads them.

    A filter of the chain would come too late: routes are matched with what the listener saw.
    """
    # Retries, timeouts and more would be the client's to choose.
    found: list[Json] = [{"remove_on_match": {"key_matcher": {"prefix": "x-envoy-"}}}]
    found += [{"remove": name} for name in headers.OWN]
    kept = {signal: name for signal, name in names.headers.items() if signal not in names.lifted}
    if not settings.trust_headers:
        found.append({"remove_on_match": {"key_matcher": {"prefix": settings.prefix}}})
        stripped = {n for s, n in kept.items() if s not in names.given and not n.startswith(settings.prefix)}
        found += [{"remove": name} for name in sorted(stripped)]
        kept = {s: n for s, n in kept.items() if s in names.given}
    # A matcher is content with any one of several headers of a name; joined they are one value, or none.
    joined = dict.fromkeys(name for signal, name in kept.items() if signal in read)
    absent = {names.headers[s]: text for s, text in names.absent.items() if s in kept and s in read}
    # A sum that cannot be computed leaves a header as it is.
    removed: list[Json] = [{"remove": name} for name in names.totals.values()]
    sums = [_computed(name, expression(total, names.headers)) for total, name in names.totals.items()]
    added = [_added(name, text) for name, text in absent.items()]
    return [*found, *removed, *map(_joined, joined), *added, *sums]


def _computed(name: str, expression: str) -> Json:
    header = {"key": name, "value": f"%CEL({expression})%"}
    return {"append": {"header": header, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}}


def _joined(name: str) -> Json:
    value = f"%CEL(request.headers['{name}'])%"
    return {"append": {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS"}}


def _added(name: str, text: str) -> Json:
    header = {"key": name, "value": text.replace("%", "%%")}
    return {"append": {"header": header, "append_action": "ADD_IF_ABSENT", "keep_empty_value": True}}


def _processor(settings: Settings) -> list[Json]:
    """The service that sets the signal headers, if it is asked from here."""
    if settings.signals_by is None:
        return []
    config: Json = {
        "@type": _TYPE + "filters.http.ext_proc.v3.ExternalProcessor",
        "grpc_service": {"envoy_grpc": {"cluster_name": SIGNALS}, "timeout": "5s"},
        # Without its headers nothing can be decided.
        "failure_mode_allow": False,
        "processing_mode": {
            "request_header_mode": "SEND",
            "request_body_mode": "BUFFERED",
            "response_header_mode": "SKIP",
            "response_body_mode": "NONE",
        },
        "mutation_rules": {"disallow_system": True},
        "route_cache_action": "CLEAR",
        "message_timeout": "5s",
    }
    return [{"name": "envoy.filters.http.ext_proc", "typed_config": config}]


def _model() -> list[Json]:
    """The request's `model` as a header. A body without one leaves it absent: the client's own is gone by then."""
    read: Json = {
        "@type": _TYPE + "filters.http.json_to_metadata.v3.JsonToMetadata",
        "request_rules": {
            "rules": [
                {"selectors": [{"key": "model"}], "on_present": {"metadata_namespace": NAMESPACE, "key": "model"}}
            ],
            "allow_content_types_regex": {"regex": r"(?i)application/json(?:[ \t]*;.*)?"},
        },
    }
    lift: Json = {
        "@type": _TYPE + "filters.http.header_mutation.v3.HeaderMutation",
        "mutations": {
            "request_mutations": [
                {
                    "append": {
                        "header": {"key": headers.MODEL, "value": f"%DYNAMIC_METADATA({NAMESPACE}:model)%"},
                        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                    }
                }
            ]
        },
    }
    return [
        {"name": "envoy.filters.http.json_to_metadata", "typed_config": read},
        {"name": "envoy.filters.http.header_mutation", "typed_config": lift},
    ]


def _router() -> Json:
    return {"name": "envoy.filters.http.router", "typed_config": {"@type": _TYPE + "filters.http.router.v3.Router"}}
