"""What the commands cost, as ratios within one run, so that a slow machine or a busy one says the same.

`make bench`. Nothing here is asserted: a number is for reading, and the suite has no clock.
"""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks import policies
from wrpc.cli.init import FIRST
from wrpc.report.screen import write


def large() -> None:
    """Whole processes: what proves costs beside what only reads."""
    from benchmarks.families import KINDS, family

    script = Path(sys.executable).parent / "wrpc"
    title("1,000 routes of six kinds: `check` as multiples of `lint`, whole processes")
    for kind in KINDS:
        Path(f"{kind}.wrp").write_text(family(kind, 1000), encoding="utf-8")
        commands = {verb: (str(script), verb, f"{kind}.wrp") for verb in ("lint", "check")}
        took = processes(commands, 3, findings=True)
        note = f"check {took['check']:.2f} s, lint {took['lint']:.2f} s"
        row(kind, f"{took['check'] / took['lint']:.1f} ×", note)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        startup()
        reading()
        check()
        tables()
        large()
        changes()
        gateway()
        router()
        emitting()
        edits()
        decide()
        decisions()
        simulation()
    return 0


def title(text: str) -> None:
    write([(), ((text, "label"),)])


def row(name: str, value: str, note: str = "") -> None:
    write([((f"  {name:<46}", ""), (f"{value:>14}", "strong"), (f"  {note}", ""))])


# ── Whole processes ───────────────────────────────────────────────────────


def processes(commands: Mapping[str, Sequence[str]], rounds: int = 15, *, findings: bool = False) -> dict[str, float]:
    """Seconds of each command, the least of some rounds in which the commands take turns; with `findings` they may find
    errors."""
    best = dict.fromkeys(commands, float("inf"))
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for number in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=not findings, env=environment)
            if number:  # the first round fills caches
                best[name] = min(best[name], time.perf_counter() - start)
    return best


def startup() -> None:
    Path("policy.wrp").write_text(FIRST, encoding="utf-8")
    python = sys.executable
    steps = {
        "python": "pass",
        "import lark": "import lark",
        "dataclasses, click": "import dataclasses, pathlib, click",
        "the room of syntax": "import wrpc.syntax.parse",
        "the room of policy": "import wrpc.policy.load, wrpc.policy.resolve",
    }
    commands: dict[str, Sequence[str]] = {name: (python, "-c", code) for name, code in steps.items()}
    script = Path(python).parent / "wrpc"
    program = (str(script),) if script.exists() else (python, "-m", "wrpc")
    commands["wrpc lint"] = (*program, "lint", "policy.wrp")
    commands["wrpc check"] = (*program, "check", "policy.wrp")
    took = processes(commands)
    lark = took["import lark"]
    title('A small policy, whole process, as multiples of `python -c "import lark"`')
    for name, seconds in took.items():
        row(name, f"{seconds / lark:.2f} ×", f"{seconds * 1000:.0f} ms")


# ── In one process ────────────────────────────────────────────────────────


def least(run: Callable[[], object], rounds: int = 5, budget: float = 3.0) -> float:
    """The least seconds of some rounds; what takes long is run once."""
    best, spent = float("inf"), 0.0
    for _ in range(rounds):
        if spent > budget:
            break
        gc.collect()
        start = time.perf_counter()
        run()
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return best


def reading() -> None:
    """Large files, against what Lark's own parser takes for the same text, which makes a tree without meaning of it."""
    from lark import Lark

    from wrpc.policy.load import from_text
    from wrpc.source import Source
    from wrpc.syntax.format import format_file
    from wrpc.syntax.parse import parse
    from wrpc.syntax.tabulate import GRAMMAR

    lark = Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr")
    title("reading 1,000 routes, as multiples of Lark's parse of the same text")
    text = policies.routes(1000)
    whole = least(partial(lark.parse, text))
    file, _ = parse(Source("policy.wrp", text))
    took = {
        "words and tree": least(partial(parse, Source("policy.wrp", text))),
        "loaded: with names, units and types": least(partial(from_text, text)),
        "formatted": least(partial(format_file, file)),
    }
    for name, seconds in took.items():
        row(name, f"{seconds / whole:.2f} ×", f"{seconds * 1000:.0f} ms of {whole * 1000:.0f} ms")
    loaded = took["loaded: with names, units and types"]
    large = least(partial(from_text, policies.routes(10_000)))
    row("10,000 routes loaded, against 1,000", f"{large / loaded:.1f} ×", f"{large:.2f} s")


def check() -> None:
    from wrpc.analysis import run
    from wrpc.policy.load import from_text
    from wrpc.source import Source
    from wrpc.syntax.parse import parse

    title("check, as multiples of the policy's own parse")
    for name, text in policies.LARGE.items():
        policy, findings = from_text(text)
        assert policy is not None, findings.diagnostics[:3]
        parsed = least(partial(parse, Source("policy.wrp", text)))
        read = least(partial(from_text, text))
        checked = least(partial(run.check, policy))
        note = f"parse {parsed * 1000:.0f} ms, with names {read * 1000:.0f} ms, check {checked * 1000:.0f} ms"
        row(name, f"{checked / parsed:.1f} ×", note)


def tables() -> None:
    from wrpc.analysis import run
    from wrpc.policy.load import from_text

    title("a table of 10,000 rows and 5 columns, as multiples of the same lists of a `one_of`'s members")

    def both(**of: bool) -> tuple[float, float]:
        text = policies.tabled(10_000, **of)
        policy, findings = from_text(text)
        assert policy is not None, findings.diagnostics[:3]
        return least(partial(from_text, text), 3), least(partial(run.check, policy), 3)

    lists = both(table=False, strings=False)
    for name, of in (("over a `one_of`", {"strings": False}), ("over strings", {})):
        load, check = both(**of)
        row(f"{name}: loaded", f"{load / lists[0]:.2f} ×", f"{load:.2f} s of {lists[0]:.2f} s")
        row(f"{name}: checked", f"{check / lists[1]:.2f} ×", f"{check:.2f} s of {lists[1]:.2f} s")


def changes() -> None:
    """A policy and the same with one more guard, which acts in every route, against one check."""
    from wrpc.analysis import run
    from wrpc.policy.load import from_text
    from wrpc.verify.diff import diff

    title("diff of two versions, as multiples of one check")
    texts = {
        "1,000 routes by domain and length": policies.routes(1000),
        "1,000 routes of one precedence by tenant": policies.crossed(1000),
    }
    for name, text in texts.items():
        old, new = from_text(text)[0], from_text(f"guard moved {{ require audit when tokens > 900 }}\n{text}")[0]
        assert old is not None
        assert new is not None
        checked = least(partial(run.check, old), 2)
        took = least(partial(diff, old, new), 2)
        row(name, f"{took / checked:.2f} ×", f"diff {took:.2f} s, check {checked:.2f} s")


def gateway() -> None:
    """A LiteLLM file, against the time that its own reader takes for the YAML."""
    import yaml

    from wrpc.analysis import run
    from wrpc.importers import document, importer
    from wrpc.policy.load import from_tree
    from wrpc.source import Source

    title("check --from litellm, as multiples of what PyYAML takes to read the file")
    text = policies.gateway(1000)
    source, litellm = Source("config.yaml", text), importer("litellm")
    litellm.read(source)
    tree = litellm.read(source).policies[0].tree
    policy, _ = from_tree(tree)
    assert policy is not None
    yaml_ = least(partial(yaml.safe_load, text), 3)
    steps: dict[str, Callable[[], object]] = {
        "YAML with positions": partial(document.read, source, document.PYYAML),
        "the import, YAML included": partial(litellm.read, source),
        "the policy resolved": partial(from_tree, tree),
        "every check": partial(run.check, policy),
    }
    for name, step in steps.items():
        took = least(step)
        row(f"1,000 deployments: {name}", f"{took / yaml_:.2f} ×", f"{took * 1000:.0f} ms of {yaml_ * 1000:.0f} ms")


def router() -> None:
    """A router's file of 1,000 decisions, against the library's fast reader and `lint` of the policy that it is."""
    import yaml

    import wrpc
    from wrpc.diagnostics import Findings
    from wrpc.importers import document
    from wrpc.importers.foreign import examined
    from wrpc.source import Source

    title("check --from vllm-sr, as multiples of PyYAML's C reader and `lint`")
    made = wrpc.compile(wrpc.loads(policies.routes(1000)), "vllm-sr", findings=Findings())
    source = Source("config.yaml", made.files["vllm-sr/config.yaml"])

    def read() -> object:
        document.parsed.cache_clear()
        return wrpc.read_foreign(source, kind="vllm-sr")

    foreign = wrpc.read_foreign(source, kind="vllm-sr")
    steps: dict[str, Callable[[], object]] = {
        "the import, YAML included": read,
        "the policy resolved, and `lint`": lambda: [*examined(foreign, wrpc.lint)],
        "the policy resolved, and every check": lambda: [*examined(foreign, wrpc.check)],
    }
    took = {name: least(step) for name, step in steps.items()}
    yaml_ = least(partial(yaml.load, source.text, Loader=yaml.CSafeLoader), 3)
    whole = yaml_ + took["the policy resolved, and `lint`"]
    for name, seconds in took.items():
        row(f"1,000 decisions: {name}", f"{seconds / whole:.2f} ×", f"{seconds:.2f} s of {whole:.2f} s")


def edits() -> None:
    """What `check --watch` does again when a file changes: the policies that read it."""
    title("an edit of one route, checked again beside what is kept, as multiples of a first check of all")
    for count, size in ((10, 100), (1, 1000)):
        edited, whole = _edited(count, size)
        name = f"{count} polic{'y' if count == 1 else 'ies'} of {size:,} routes"
        row(name, f"{edited / whole:.2f} ×", f"{edited:.2f} s of {whole:.2f} s")


def _edited(count: int, size: int) -> tuple[float, float]:
    import wrpc
    from benchmarks.families import family
    from wrpc.cli.policies import Examined, gather
    from wrpc.reading import Kept

    paths = [Path(f"edited{i}.wrp") for i in range(count)]
    for i, path in enumerate(paths):
        path.write_text(family("firewall", size, seed=i), encoding="utf-8")
    kept: Kept[Examined] = Kept()
    text, low = paths[0].read_text(encoding="utf-8"), iter(range(1, 9))

    def again() -> object:
        paths[0].write_text(text.replace("tokens >= ", f"tokens >= {next(low)}", 1), encoding="utf-8")
        return gather(paths, (), wrpc.check, kept)

    whole = least(lambda: gather(paths, (), wrpc.check, Kept()), 2)
    again()
    return least(again, 3), whole


def emitting() -> None:
    """Each target, with what its own program or schema says of the files where they are installed."""
    import wrpc
    from benchmarks.families import family, served
    from wrpc.diagnostics import Findings
    from wrpc.targets import TARGETS

    title("compile of 1,000 routes, as multiples of their check")
    for target in TARGETS:
        # A simulator follows requests of each length there is: where routes are told by it, see README.
        kind = "names" if target == "fleet-sim" else "firewall"
        policy = wrpc.loads(served(family(kind, 1000)))
        checked = least(partial(wrpc.check, policy), 3)
        # Routes that are never reached are errors; what they cost to emit is asked here.
        found = wrpc.check(policy)
        found = Findings(tuple(d for d in found.diagnostics if d.severity != "error"), found.proofs)
        took = least(partial(wrpc.compile, policy, target, findings=found), 3)
        row(f"{kind} for {target}", f"{took / checked:.2f} ×", f"{took:.2f} s, check {checked:.2f} s")


SERVED = """
signal tokens: int(0..32k) { source total_tokens }
workload chat { rate 60/s  lengths [[512, 40%], [2_048, 80%], [8_000, 100%]] }
model small { source "Qwen/Qwen3-8B"  weights 16GiB  kv_per_token 144KiB }
pool short { model small  gpu h100  replicas 6 }
pool long { model small  gpu h100  replicas 12 }
route short { when tokens <= 2k  to short  SPILL }
default { to long }
"""


def simulation() -> None:
    """A hundred thousand requests, against a loop that only counts as many numbers."""
    import wrpc
    from benchmarks.formulas import FAST, load, simulated

    many = 100_000

    def bare() -> int:
        total = 0
        for number in range(many):
            total += number
        return total

    title("simulated requests a second, and as multiples of a bare loop that adds up numbers")
    loop = work(bare)
    plain = wrpc.loads(SERVED.replace("SPILL", ""))
    spilled = wrpc.loads(SERVED.replace("SPILL", "spill long above 80%"))
    steps: dict[str, Callable[[], object]] = {
        "one engine, half loaded, requests drawn": partial(simulated, FAST, load(FAST, 0.5), many),
        "a policy of two pools, whole": partial(wrpc.simulate, plain, requests=many),
        "... that looks at each arrival, to spill": partial(wrpc.simulate, spilled, requests=many),
    }
    for name, step in steps.items():
        took = work(step)
        row(name, f"{many / took:,.0f} /s", f"{took / loop:.0f} × the loop")


def work(run: Callable[[], object], rounds: int = 3) -> float:
    """The least seconds of processor time of some rounds: what a core does that has nothing else to do."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def decide() -> None:
    from wrpc.decide.compiled import decider
    from wrpc.decide.interpret import interpreter
    from wrpc.decide.request import parse
    from wrpc.policy.load import from_text
    from wrpc.report.json import dumps

    policy, _ = from_text(policies.routes(50))
    assert policy is not None
    lines = policies.requests(5000, random.Random(0))
    requests = [parse(line) for line in lines]
    title("decide, on a policy of 50 routes, requests a second")
    plain, quick = interpreter(policy).decide, decider(policy)
    few = requests[:1000]
    row("the plain interpreter", f"{len(few) / least(lambda: [plain(r) for r in few]):,.0f} /s")
    row("compiled to a function", f"{len(requests) / least(lambda: [quick(r) for r in requests]):,.0f} /s")
    whole = least(lambda: [dumps(quick(parse(line)).json()) for line in lines])
    row("with JSON in and out", f"{len(lines) / whole:,.0f} /s")
    Path("policy.wrp").write_text(policies.routes(50), encoding="utf-8")
    Path("log.jsonl").write_text("\n".join(lines * 4) + "\n", encoding="utf-8")
    command = (sys.executable, "-m", "wrpc", "decide", "policy.wrp", "log.jsonl", "--format", "json")
    took = processes({"": command}, 2)[""]
    row("`wrpc decide`, whole process", f"{len(lines) * 4 / took:,.0f} /s", f"{len(lines) * 4} lines in {took:.1f} s")


def each(decide: Callable[[Mapping[str, object]], object], requests: Sequence[Mapping[str, object]]) -> None:
    for request in requests:
        decide(request)


def decisions() -> None:
    """How the compiled function grows with the routes, against its own self and the plain interpreter."""
    from wrpc.decide.compiled import decider
    from wrpc.decide.interpret import interpreter
    from wrpc.policy.load import from_text

    title("decide, compiled to a function: 10,000 routes against 1,000")
    for name, (policy_of, requests_of) in policies.GROWING.items():
        took: dict[int, float] = {}
        for count in (1_000, 10_000):
            text = policy_of(count)
            loaded = least(partial(from_text, text), 3)
            policy, findings = from_text(text)
            assert policy is not None, findings.diagnostics[:3]
            made = least(partial(decider, policy), 3)
            quick = decider(policy)
            requests = requests_of(count, 2_000, random.Random(0))
            one = took[count] = least(partial(each, quick, requests)) / len(requests)
            plain = least(partial(each, interpreter(policy).decide, requests[:200])) / 200
            note = f"{one * 1e6:.1f} µs a request; made in {made / loaded:.2f} × the time of `load`, {made:.2f} s"
            row(f"{name}: {count:,} routes", f"{plain / one:.0f} ×", f"as fast as the interpreter; {note}")
        row("… 10,000 against 1,000", f"{took[10_000] / took[1_000]:.1f} ×", "a request")


if __name__ == "__main__":
    raise SystemExit(main())
