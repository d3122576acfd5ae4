"""The parser's table: made from the grammar without conflicts, kept for the next process, and never trusted blindly."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wrpc.source import Source
from wrpc.syntax import table as tables
from wrpc.syntax.build import METHODS
from wrpc.syntax.parse import parse
from wrpc.syntax.table import table
from wrpc.syntax.words import DECLARATIONS, OPERATORS

SCRIPT = """
import json, sys
from wrpc.source import Source
from wrpc.syntax.parse import parse
file, findings = parse(Source("a.wrp", "pool a { gpu h100 }"))
heavy = {"lark", "pydantic", "z3", "yaml", "click", "rich", "json.decoder"} & set(sys.modules)
print(json.dumps([len(file.declarations), len(findings), sorted(heavy - {"json.decoder"})]))
"""


def run(cache: str) -> list[object]:
    env = {**os.environ, "XDG_CACHE_HOME": cache}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=True)
    result: list[object] = json.loads(done.stdout)
    return result


def test_the_second_process_needs_no_lark(tmp_path: Path) -> None:
    assert run(str(tmp_path / "cache")) == [1, 0, ["lark"]]
    assert run(str(tmp_path / "cache")) == [1, 0, []]
    (kept,) = (tmp_path / "cache" / "wrpc").iterdir()
    assert kept.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("content", [b"", b"garbage", b"\xe3\x00", b"\xfb" * 100])
def test_a_spoilt_table_is_made_anew(tmp_path: Path, content: bytes) -> None:
    run(str(tmp_path))
    (kept,) = (tmp_path / "wrpc").iterdir()
    kept.write_bytes(content)
    assert run(str(tmp_path)) == [1, 0, ["lark"]]
    assert len(kept.read_bytes()) > 10_000


def test_a_table_that_others_may_write_is_not_read(tmp_path: Path) -> None:
    run(str(tmp_path))
    (kept,) = (tmp_path / "wrpc").iterdir()
    kept.chmod(0o666)
    assert run(str(tmp_path)) == [1, 0, ["lark"]]
    assert run(str(tmp_path)) == [1, 0, []]


def test_no_place_for_a_table_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert run(str(tmp_path / "file")) == [1, 0, ["lark"]]
    assert run("/proc/none") == [1, 0, ["lark"]]


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    from lark import Lark, logger

    logger.setLevel(logging.DEBUG)
    try:
        with caplog.at_level(logging.DEBUG, logger="lark"):
            logger.propagate = True
            Lark(tables._grammar().read_text(encoding="utf-8"), parser="lalr", debug=True)
    finally:
        logger.setLevel(logging.CRITICAL)
    assert not [r.getMessage() for r in caplog.records if "conflict" in r.getMessage().lower()]


def test_lark_itself_reads_the_examples(root: Path) -> None:
    """The grammar is the language, not what our reading of its table makes of it."""
    from lark import Lark

    lark = Lark(tables._grammar().read_text(encoding="utf-8"), parser="lalr")
    texts = [path.read_text(encoding="utf-8") for path in (root / "policies").rglob("*.wrp")]
    # That a keyword may be an attribute's name, or a pool's in a test, is what our reading adds.
    plain = [text.partition('\ntest "')[0] for text in texts if "\n  site " not in text]
    assert len(plain) >= 8
    for text in plain:
        lark.parse(text + "\n")


def test_every_action_has_a_method() -> None:
    actions = {rule.action for rule in table().rules} - {"", "+"}
    assert actions <= METHODS.keys()


def test_only_the_start_may_be_empty() -> None:
    """`Parser.takes` walks the stack without growing it by more than one."""
    assert [rule.origin for rule in table().rules if rule.size == 0] == ["<start>"]


def test_a_minus_has_one_reading() -> None:
    assert not [state for state in table().states if "NUMBER" in state and "-" in state and "(" not in state]


def test_words_of_the_language() -> None:
    assert table().words >= DECLARATIONS | OPERATORS


def test_threads_share_the_table() -> None:
    text = "".join(f"pool p{n} {{ gpu h100  labels {{ a [1, 2] }} }}\n" for n in range(50))
    with ThreadPoolExecutor(8) as pool:
        files = list(pool.map(lambda n: parse(Source(f"{n}.wrp", text))[0], range(32)))
    assert all(file == files[0] for file in files)
