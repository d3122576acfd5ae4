"""A run that is repeated checks again what an edit touches, and says the same as a first run."""

from __future__ import annotations

import os
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

import wrpc
from tests.laws.volume import compared, many
from wrpc.cli.policies import Examined, Gathered, gather
from wrpc.diagnostics import Findings
from wrpc.policy.model import Policy
from wrpc.reading import Kept, recorded
from wrpc.report.json import document, dumps, proof

HEAD = 'import "common.wrp"\nsignal a: bool { source keywords("a") }\n'
TEXTS = {
    "common.wrp": [
        "pool p { }\npool q { }\n",
        'pool p { trust "own" }\n',
        "pool p { }\npool q { }\npool idle { }\n",
        "pol",
    ],
    "one.wrp": [
        HEAD + "route r { when a to p }\ndefault { to q }\n",
        HEAD + "route r { when not a to p }\nroute s { when a to p }\ndefault { to q }\n",
        HEAD + "route r { when a and not a to p }\ndefault { to p }\n",
        HEAD + "# a comment\nroute r { when a to p }\ndefault { to q }\n",
        HEAD + 'default { to p }\nworkload w { lengths cdf("l.json") }\n',
    ],
    "two.wrp": [HEAD + "guard g { forbid q when a }\ndefault { to p, q }\n", "default { to nowhere }\n", HEAD],
    "prod.wrp": ["override default { to p }\n", "override default { to nobody }\n"],
    "l.json": ["[[512, 0.5], [1024, 1]]", "[[512, 0.5]]"],
}
FILES = (Path("one.wrp"), Path("two.wrp"))
CLOCK = count(1)


def put(name: str, text: str | None) -> None:
    """A file with another time each time it is written: clocks of file systems are coarse."""
    path = Path(name)
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text)
        at = next(CLOCK)
        os.utime(path, (at, at))


def shown(found: Gathered) -> str:
    proofs = {name: [proof(p) for p in of] for name, of in found.proofs.items()}
    sources = [(s.name, s.text) for s in found.sources]
    return dumps([document(found.findings, failed=False), proofs, found.dimensions, sources, sorted(found.imported)])


Edit = tuple[str, str | None]


def edits(seed: int) -> list[Edit]:
    """A file with another text, seldom one that is gone; what is broken is mended soon."""
    draw = Random(seed)
    names = draw.choices([*TEXTS], k=8)
    return [(name, draw.choice([*TEXTS[name], *TEXTS[name][:1] * 3, None])) for name in names]


@many(40, floors={"kept": 60, "made again": 50})
@given(st.integers(0, 10**6).map(edits), st.booleans())
def test_again_is_fresh(edits: list[Edit], prod: bool) -> None:
    here = Path.cwd()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for name, texts in TEXTS.items():
                put(name, texts[0])
            _same(edits, (Path("prod.wrp"),) if prod else ())
        finally:
            os.chdir(here)


def _same(edits: list[Edit], env: tuple[Path, ...]) -> None:
    made: list[str] = []

    def examine(policy: Policy) -> Findings:
        made.append(policy.sources[0].name)
        return wrpc.check(policy)

    kept: Kept[Examined] = Kept()
    run = partial(gather, FILES, env, examine)
    for edit in [None, *edits]:
        if edit is not None:
            put(*edit)
        made.clear()
        with recorded() as read:
            again = shown(run(kept))
        first = len(made)
        made.clear()
        with recorded() as fresh:
            assert again == shown(run(Kept()))
        assert read == fresh
        compared("kept", len(made) - first)
        compared("made again", first)
