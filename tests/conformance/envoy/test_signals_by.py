"""A service that sets the signals, before a real Envoy: what it does not answer is not decided on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import pytest

from tests.conformance.envoy.gateway import Gateway, running
from tests.support.compiling import policy
from tests.support.envoy import Answer
from tests.support.signals import Behaviour, Service
from wrpc.policy.model import Word
from wrpc.targets.envoy.headers import MARKER

# Whoever is not known to be inside goes to the cloud: a signal that is lost opens the door.
TEXT = """
policy p { language 1 }
signal inside: bool { source classifier("inside")  on_error silent }
signal tokens: int(0..100k) { source total_tokens }
pool own { }
pool cloud { }
route home { when inside  to own }
default { to cloud }
guard long { deny "too long" when tokens > 90k }
"""
SAID = {"x-wrpc-inside": "true", "x-wrpc-tokens": "12", MARKER: "set"}


@contextmanager
def asking(service: Service) -> Iterator[Gateway]:
    with service, running(policy(TEXT), trust_headers=Word("false"), signals_by=service.address) as gateway:
        yield gateway


def ask(gateway: Gateway, **headers: str) -> Answer:
    return gateway.envoy.ask(headers)


def test_a_service_that_answers_is_believed(envoy: Path) -> None:
    service = Service(SAID)
    with asking(service) as gateway:
        assert ask(gateway).route == "home"
        assert gateway.envoy.ask(body=b"").route == "home"
        service.headers["x-wrpc-inside"] = "false"
        assert ask(gateway).route == "default"
        # A signal that it knows nothing of has failed, and that is an answer.
        del service.headers["x-wrpc-inside"]
        assert ask(gateway).route == "default"
        # One that cannot fail has to be there, marked or not.
        del service.headers["x-wrpc-tokens"]
        assert ask(gateway).status == 400
    assert service.asked >= 4


@pytest.mark.parametrize("behaviour", [b for b in get_args(Behaviour) if b != "answers"])
def test_without_its_answer_nothing_is_decided(envoy: Path, behaviour: Behaviour) -> None:
    service = Service(SAID, behaviour)
    with asking(service) as gateway:
        for forged in ({}, {MARKER: "set"}, {MARKER.upper(): "set", "x-wrpc-inside": "false"}):
            answer = ask(gateway, **forged)
            assert answer.status in (500, 503, 504), (behaviour, answer)
            assert answer.pool is None
        assert not gateway.pools.seen
    assert service.asked >= 1


def test_an_unmarked_answer_is_none(envoy: Path) -> None:
    with asking(Service({k: v for k, v in SAID.items() if k != MARKER})) as gateway:
        answer = ask(gateway)
        assert (answer.status, answer.reason) == (503, "what computes the signals has not answered")


def test_a_service_that_is_down(envoy: Path) -> None:
    service = Service(SAID)
    with service:
        address = service.address
    with running(policy(TEXT), trust_headers=Word("false"), signals_by=address) as gateway:
        assert ask(gateway, **{MARKER: "set"}).status in (500, 503, 504)
        assert not gateway.pools.seen


def test_a_front_end_cannot_mark_either(envoy: Path) -> None:
    """Even where its signal headers are believed."""
    service = Service(SAID, "closes")
    with service, running(policy(TEXT), trust_headers=Word("true"), signals_by=service.address) as gateway:
        assert gateway.envoy.ask(SAID).status == 503
