"""GitLab's Code Quality report: the keys that it reads, a fingerprint for each issue."""

from __future__ import annotations

import json

import pytest

from tests.report.findings import HOSTILE, NAMES, everything, shown
from wrpc.report import gitlab
from wrpc.report.screen import clean


def issues(found) -> list:
    text = "".join("".join(piece for piece, _ in line) + "\n" for line in gitlab.render(found, shown(found)))
    assert clean(text) == text
    return json.loads(text)


def test_issues():
    route, known, claim, name = sorted(issues(everything()), key=lambda i: i["location"]["lines"]["begin"])
    assert claim["description"] == "the claim plain with: plain = 1 help: do plain"
    assert [i["severity"] for i in (claim, route, known, name)] == ["critical", "minor", "info", "info"]
    assert claim["location"] == {"path": "a.wrp", "lines": {"begin": 2, "end": 2}}
    assert claim["check_name"] == "WRP401 refuted-claim"
    assert known["description"].endswith("(in the baseline)")


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words(words):
    found = issues(everything(words=words))
    assert len({i["fingerprint"] for i in found}) == 4


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names(name):
    assert len({i["location"]["path"] for i in issues(everything(name=f"./{name}"))}) == 1
    assert not issues(everything(name=f"./{name}"))[0]["location"]["path"].startswith("./")


def test_nothing_found_is_an_empty_list():
    from wrpc.diagnostics import Findings

    assert issues(Findings()) == []
