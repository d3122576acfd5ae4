"""The parser's table: made from the grammar without conflicts, and beside the reader, so that no run needs Lark."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, logger
from lark.lexer import PatternStr

from wrpc.source import Source
from wrpc.syntax import tabulate
from wrpc.syntax.build import METHODS
from wrpc.syntax.parse import parse
from wrpc.syntax.parser import Parser
from wrpc.syntax.table import table
from wrpc.syntax.words import DECLARATIONS, OPERATORS, words

GRAMMAR = tabulate.GRAMMAR.read_text(encoding="utf-8")
SCRIPT = """
import json, sys
from wrpc.source import Source
from wrpc.syntax.parse import parse
file, findings = parse(Source("a.wrp", "pool a { gpu h100 }"))
print(json.dumps([len(file.declarations), len(findings), "lark" in sys.modules]))
"""


def run(checkout: Path) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={"PYTHONPATH": str(checkout)}, cwd=checkout, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    result: list[object] = json.loads(done.stdout)
    return result


def test_it_is_what_lark_makes_of_the_grammar() -> None:
    made = tabulate.written(tabulate.made(GRAMMAR))
    assert tabulate.TABLE.read_text(encoding="utf-8") == made, "write it: python docs/generate.py"


def test_in_a_checkout_a_newer_grammar_counts(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "wrpc", tmp_path / "wrpc", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "grammar").mkdir()
    grammar = tmp_path / "grammar" / "wrp.lark"
    grammar.write_bytes(GRAMMAR.replace("\n", "\r\n").encode())
    assert run(tmp_path) == [1, 0, False]
    grammar.write_text(GRAMMAR.replace('"gpu"', '"gpu"') + "// newer\n")
    assert run(tmp_path) == [1, 0, True]


def test_lark_lays_its_tables_out_as_we_read_them() -> None:
    """What its interactive parser says of each state on the way through a text is what our table has there."""
    lark = Lark(GRAMMAR, parser="lalr")
    words = {t.name: str(t.pattern.value) for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    made = table()
    text = "route a { tier 1  when not b and c in [1, 2] or x * 2 - y > 3  to p weight 9, q weight 1  timeout 3s }"
    state = lark.parse_interactive(text)
    stack, seen = [0], 0
    for token in state.lexer_thread.lex(state.parser_state):
        ours = made.states[stack[-1]]
        theirs = {
            words.get(k) or (k if k.isupper() or k[0] == "$" else f"<{k}>"): v for k, v in state.choices().items()
        }
        assert ours.keys() == theirs.keys()
        for symbol, (action, target) in theirs.items():
            if ours[symbol] >= 0:
                assert action.name == "Shift"
            else:
                rule = made.rules[ours[symbol]]
                assert action.name == "Reduce"
                assert (rule.origin, rule.size) == (f"<{target.origin.name}>", len(target.expansion))
            seen += 1
        state.feed_token(token)
        symbol = words.get(token.type, token.type)
        while (to := made.states[stack[-1]][symbol]) < 0:
            del stack[len(stack) - made.rules[to].size :]
            stack.append(made.states[stack[-1]][made.rules[to].origin])
        stack.append(to)
    assert seen > 500


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    logger.setLevel(logging.DEBUG)
    try:
        with caplog.at_level(logging.DEBUG, logger="lark"):
            logger.propagate = True
            Lark(GRAMMAR, parser="lalr", debug=True)
    finally:
        logger.setLevel(logging.CRITICAL)
    assert not [r.getMessage() for r in caplog.records if "conflict" in r.getMessage().lower()]


def test_every_action_has_a_method() -> None:
    actions = {rule.action for rule in table().rules} - {"", "+", "start"}
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


ODD = st.text(st.sampled_from(list("ab`\"\\#-1.5_%/k(){}[]<>=!,+*&|$?@;'\n\t é\u00a0\u2028中")), max_size=40)


@given(ODD)
@settings(max_examples=500)
def test_words_are_the_same_one_by_one_and_a_passage_at_a_time(text: str) -> None:
    """However a text is cut, the pieces are those that the patterns find one after another."""
    made, parser = words(), Parser(Source("a.wrp", text))
    expected: list[tuple[str, int, int]] = []
    at = 0
    while (found := made.match.match(text, at)) is not None:
        group = found.lastindex or 0
        start, at = found.span(group)
        expected.append((made.kinds[group] or found[group], start, at))
    begin, cut = 0, []
    for word in made.find(text, 0, len(text)):
        kind, lead, _, _ = parser.sort(word)
        cut.append(("NAME" if kind in parser.table.words else kind, begin + lead, begin + len(word)))
        begin += len(word)
    assert cut == expected
