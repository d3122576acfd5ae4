"""`wrpc init`."""

from __future__ import annotations

from pathlib import Path

import click

from wrpc.cli.app import Command
from wrpc.cli.exits import FINE

FIRST = """\
# A first policy: private work stays on our own machines, the rest may use the cloud.
#
#   wrpc check FILE                                     prove it
#   wrpc decide FILE --request '{"private": true}'      ask it
#   wrpc compile FILE --target envoy --out out          run it
policy first {
  language 1
  owner "you@example.com"
}

# ── What is known of a request ────────────────────────────────────────────
# A signal has a type and a source. This one is counted in the request, so that it cannot fail.
signal tokens: int(0..200k) { source prompt_tokens }
# This one comes with the request and may be missing. If it is, the request counts as private.
signal private: bool { source header("x-private")  on_error fires }

# ── Who answers ───────────────────────────────────────────────────────────
# A lower tier goes first. In a tier no two routes may take the same request and differ: `check` proves that.
route keep_private {
  tier 1
  when private
  to own
}
route everyday {
  tier 2
  when tokens <= 8k
  to own
  fallback cloud on timeout, overload
}
default { to cloud }

# ── What must never happen ────────────────────────────────────────────────
# A guard is kept whatever the routes say, and `check` tells whether they keep it by themselves. Try it: give
# `keep_private` the line `fallback cloud`.
guard private_stays_home { forbid destination.trust == "cloud" when private }
# A longer request is refused before any route is asked.
guard too_long { deny "longer than our own pool can take" when private and tokens > 32k }

# An assert is a claim about all requests: proved, or refuted with one that breaks it.
assert no_leak { never destination.trust == "cloud" when private }
assert answered { always served when not private or tokens <= 32k }

# ── Where it runs ─────────────────────────────────────────────────────────
pool own {
  endpoint "127.0.0.1:8001"
  trust "own"
}
pool cloud {
  endpoint "127.0.0.1:8002"
  trust "cloud"
}

# ── What we expect of it ──────────────────────────────────────────────────
test "a private request stays home" {
  given { private true  tokens 1k }
  expect { route keep_private  pool own }
}
test "a long private request is refused" {
  given { private true  tokens 40k }
  expect { action deny }
}
test "a long public one goes to the cloud" {
  given { tokens 40k }
  expect { pool cloud }
}

target envoy {
  listen "127.0.0.1:8080"
  # Envoy does not count tokens. A front end that does sets `x-wrpc-tokens`, and nothing else may connect.
  trust_headers true
}
"""


@click.command(cls=Command)
@click.argument("file", metavar="[FILE]", default="policy.wrp", type=click.Path(path_type=Path))
def command(file: Path) -> int:
    """Write a first policy, with comments, to FILE (policy.wrp). It compiles and is proved. Nothing is overwritten."""
    from wrpc.placing import create

    try:
        create(file, FIRST)
    except FileExistsError:
        raise click.ClickException(f"{file} already exists and is not overwritten") from None
    click.echo(f"wrote {file}; `wrpc check {file}` proves it")
    return FINE
