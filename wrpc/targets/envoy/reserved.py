"""Headers that are no news of a request to Envoy: it makes them itself, removes them, or needs them.

A route that matches one sees something else than whoever sent the request wrote. From "HTTP header manipulation" and
"HTTP header sanitizing" in the documentation of Envoy 1.38 to 1.40 for a listener as it is emitted here (no
`use_remote_address`, no client certificates, no upgrades); a conformance test asks Envoy 1.40 for each.
"""

from __future__ import annotations

from collections.abc import Mapping

_HOP = "Envoy removes it from every request, so that it is always absent"
_FRAME = "HTTP itself needs it: it says how a request is read, and Envoy writes it anew"

HEADERS: Mapping[str, str] = {
    "x-request-id": "Envoy makes one for every request without it, so that it is never absent",
    "x-forwarded-proto": "Envoy makes one for every request without it, so that it is never absent",
    "x-forwarded-client-cert": _HOP,
    "connection": _HOP,
    "keep-alive": _HOP,
    "proxy-connection": _HOP,
    "te": _HOP,
    "upgrade": _HOP,
    "expect": "Envoy answers it itself, and removes it",
    "host": _FRAME,
    "content-length": _FRAME,
    "transfer-encoding": _FRAME,
}
PREFIXES: Mapping[str, str] = {
    "x-envoy-": "Envoy keeps such names for itself, and they are removed from every request",
}


def reserved(header: str) -> str | None:
    """Why a header cannot say anything, `header` in small letters; None where it can."""
    return HEADERS.get(header) or next((why for start, why in PREFIXES.items() if header.startswith(start)), None)
