"""The road as functions: load, lint, check, decide, diff, place, simulate, compile; read and repair files.

What `wrpc.NAME` is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wrpc.diagnostics import Findings, Refusal
from wrpc.values import value

if TYPE_CHECKING:
    from datetime import date

    from wrpc.decide import Decision
    from wrpc.diagnostics import Diagnostic
    from wrpc.fleet.divided import Divided
    from wrpc.fleet.placement import Placement
    from wrpc.fleet.simulator.plans import Balance
    from wrpc.fleet.simulator.scenario import Scaling
    from wrpc.fleet.simulator.simulate import Simulation
    from wrpc.fleet.sized import Sizing
    from wrpc.importers.foreign import Foreign
    from wrpc.policy.model import Policy, Value
    from wrpc.repair import Repaired
    from wrpc.source import Source
    from wrpc.targets.compile import Compiled
    from wrpc.targets.target import Artifact
    from wrpc.targets.together import Stacked
    from wrpc.verify.diff import Changes


def load(path: str | Path, *, env: Sequence[str | Path] = (), ref: str | None = None) -> Policy:
    """The resolved policy of a file, with what it imports and the override files of `env`.

    With `ref` all of them are as they were at that commit of git. Raises Refusal, which carries every finding, where
    the file has an error of syntax, names, types or units.
    """
    if ref is not None:
        from wrpc.verify.refs import load_at

        policy, findings = load_at(path, ref, env)
        if policy is None:
            raise Refusal(findings.diagnostics)
        return policy
    from wrpc.policy.load import load as load_policy

    return load_policy(path, env)


def loads(text: str, *, name: str = "policy.wrp") -> Policy:
    """The resolved policy of a text. Imports are looked up beside `name`. Raises Refusal."""
    from wrpc.policy.load import from_text

    policy, findings = from_text(text, name)
    if policy is None or findings.errors:
        raise Refusal(d for d in findings.diagnostics if d.severity == "error")
    return policy


def lint(
    policy: Policy, *, select: Sequence[str] = (), ignore: Sequence[str] = (), today: date | None = None
) -> Findings:
    """What needs no solver. What comments and waivers of the policy accept is in `suppressed`.

    `today`: waivers whose last day lies before it waive nothing; without it none ends.
    """
    from wrpc.accept.all import accepted
    from wrpc.analysis.run import chosen
    from wrpc.analysis.run import lint as run

    return chosen(accepted(run(policy) + _blocks(policy), policy, today), select, ignore)


def check(
    policy: Policy,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    today: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Findings:
    """Everything `lint` does, and every proof: what became of each guard and claim is in `proofs`. `progress` is told
    how many of how many checks are done, before each."""
    from wrpc.accept.all import accepted
    from wrpc.analysis.run import check as run
    from wrpc.analysis.run import chosen

    return chosen(accepted(run(policy, progress=progress) + _blocks(policy), policy, today), select, ignore)


def _blocks(policy: Policy) -> Findings:
    """What is wrong with `target` blocks whatever is compiled: neither checks nor targets know of each other."""
    from wrpc.targets import TARGETS

    # Which names there are is known without the rest of that room, which most runs of `lint` do not need.
    found: tuple[Diagnostic, ...] = ()
    if not {name.replace("_", "-") for name in policy.targets} <= set(TARGETS):
        from wrpc.targets.settings import unknown_blocks

        found += unknown_blocks(policy)
    if policy.stacks:
        from wrpc.targets.together import undecided

        found += undecided(policy)
    return Findings.of(found)


def read_foreign(
    path: str | Path | Source,
    *,
    kind: str = "auto",
    release: str | Mapping[str, str] | None = None,
    optional: bool = False,
) -> Foreign:
    """Another system's file: every configuration in it, wherever it lives, with its policies and findings.

    `kind` is the name of an importer (`wrpc.importers.IMPORTERS`), or "auto", which tells by the keys. A file without
    any has an error that says what it looks like; `optional` makes that a note. `release`: of the program, or by
    importer. Raises Refusal where the file cannot
    be read, KeyError for an unknown kind, foreign.UnknownRelease for a release that the importer does not know.
    """
    from wrpc.importers.foreign import read

    return read(_source(path), kind, release, optional=optional)


def check_file(
    path: str | Path | Source,
    *,
    kind: str | None = None,
    release: str | Mapping[str, str] | None = None,
    env: Sequence[str | Path] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    today: date | None = None,
) -> Findings:
    """Everything there is to say about a file: a policy, or with `kind` another system's (see `read_foreign`).

    What cannot be resolved is among the findings, and so is what is wrong with its comments and waivers. Raises Refusal
    where the file cannot be read.
    """
    from wrpc.accept.all import accepted, faults, looked_for
    from wrpc.analysis.run import chosen

    judged = looked_for(solver=True, select=select, ignore=ignore)
    if kind is None:
        from wrpc.policy.load import from_source, load_all

        policy, found = load_all(path, env) if isinstance(path, str | Path) else from_source(path)
        if policy is not None:
            found = accepted(found + check(policy, today=today), policy, today)
            others = {s.name for s in policy.sources[0 if env else 1 :]}
            found += Findings.of(faults(found, [policy], policy.sources, judged, elsewhere=others, today=today))
        return chosen(found, select, ignore)
    from wrpc.accept.comments import ignored
    from wrpc.importers.foreign import examined, without_import_notes

    foreign = read_foreign(path, kind=kind, release=release)
    found = without_import_notes(foreign.findings)
    for each in examined(foreign, check):
        found += each.findings
    found = ignored(found, [foreign.source])
    found += Findings.of(faults(found, (), [foreign.source], judged))
    return chosen(found, select, ignore)


def fix(
    path: str | Path | Source,
    *,
    kind: str | None = None,
    release: str | Mapping[str, str] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    optional: bool = False,
) -> Repaired:
    """A file with every safe fix of its findings; `written` is what to put in its place. Nothing is written.

    Of another system's file (`kind` and `optional`, see `read_foreign`) it is what the importer found: all else speaks
    of policies. Raises Refusal where the file cannot be read, or holds no configuration.
    """
    from wrpc.analysis.run import chosen
    from wrpc.repair import repaired

    def findings(source: Source) -> Sequence[Diagnostic]:
        if kind is None:
            found = check_file(source)
        else:
            found = read_foreign(source, kind=kind, release=release, optional=True).findings
        return chosen(found, select, ignore).diagnostics

    source = _source(path)
    if kind is not None and not optional:
        foreign = read_foreign(source, kind=kind, release=release)
        if not foreign.configurations:
            raise Refusal(foreign.findings.diagnostics)
    if not isinstance(path, str | Path):
        return repaired(source, findings)
    return repaired(source, findings, Path(path).read_bytes().decode("utf-8"))


def _source(path: str | Path | Source) -> Source:
    from wrpc.syntax.read import read

    return read(path) if isinstance(path, str | Path) else path


def decide(policy: Policy, request: Mapping[str, object]) -> Decision:
    """What the policy does with one request: names of signals to values, None for a failed one.

    Raises decide.BadRequest for a request that is none of the policy's, decide.Conflict where it says two things.
    """
    from wrpc.decide import decide as run

    return run(policy, request)


def diff(old: Policy, new: Policy) -> Changes:
    """What the new policy does to requests that the old one told otherwise: each change with a request that shows it.

    Complete, failures included; `verdict` is "open" where routes conflict or the solver gives up.
    """
    from wrpc.verify.diff import diff as run

    return run(old, new)


def place(policy: Policy) -> Placement:
    """Where the pools of a policy stand: the one best placement; causes that clash, each with whether
    it is known to be needed for that; or why it is open. GPUs draw the power that the catalogue or their site says."""
    from wrpc.fleet.placement import place as run

    return run(policy)


def size(policy: Policy, *, prefix_hits: tuple[float, float] = (0.0, 0.0), log: str | Path | None = None) -> Sizing:
    """How many replicas each pool needs for what the workloads send it, from the least to the most that is possible;
    what they give, draw and cost. `prefix_hits`: the share of prompts' tokens that prefix caches have, between. `log`:
    requests, one a line as `wrpc decide` reads them, that say how often what the routes ask for holds.

    Raises Refusal for lengths or shares that are none, and for a log with lines that are no requests.
    """
    from wrpc.fleet.logs import read
    from wrpc.fleet.size import size as run
    from wrpc.fleet.sizing.smallest import Band
    from wrpc.fleet.traffic import traffic

    found = traffic(policy, None if log is None else read(policy, Path(log)))
    if wrong := [d for d in found.found if d.severity == "error"]:
        raise Refusal(wrong)
    return run(policy, found, hits=Band(*prefix_hits))


def boundary(
    policy: Policy, short: str, long: str, *, compressible: float = 0.0, log: str | Path | None = None
) -> Divided:
    """What two pools of the policy would take for every boundary of length between them, and, where a share of requests
    is `compressible`, for each γ. Raises fleet.divided.Unfit for pools that cannot be compared."""
    from wrpc.fleet.divided import divided
    from wrpc.fleet.logs import read
    from wrpc.fleet.traffic import traffic

    found = traffic(policy, None if log is None else read(policy, Path(log)))
    return divided(policy, found, short, long, compressible)


def simulate(
    policy: Policy,
    *,
    seed: int = 0,
    requests: int = 50_000,
    hours: tuple[float, float] | None = None,
    trace: str | Path | None = None,
    queue: int | None = None,
    balance: Balance = "turns",
    prefix_hits: float = 0.0,
    scaling: Scaling = "load",
) -> Simulation:
    """What the pools of a policy would do with its workloads: about so many `requests`, or those that come between two
    hours of the day, or those of a trace. See `wrpc simulate --help` for the rest; `prefix_hits` is a share.

    Raises Refusal where there is nothing to simulate, and for a trace that cannot be replayed.
    """
    from wrpc.fleet.simulator.scenario import Settings
    from wrpc.fleet.simulator.simulate import simulate as run
    from wrpc.fleet.simulator.trace import read_trace

    replayed = None if trace is None else read_trace(Path(trace))
    return run(policy, Settings(seed, requests, hours, queue, balance, prefix_hits, scaling=scaling), replayed)


@value
class Compilation:
    """What all targets made of a policy. `manifest` is None where there is an error; then nothing can be written."""

    compiled: tuple[Compiled, ...]
    findings: Findings
    manifest: Artifact | None
    stacks: tuple[Stacked, ...] = ()

    @property
    def ok(self) -> bool:
        return self.manifest is not None

    @property
    def files(self) -> dict[str, str]:
        """Every emitted file by its path, a folder a target; empty where there is an error."""
        if self.manifest is None:
            return {}
        files = {f"{c.target.name}/{a.path}": a.text for c in self.compiled for a in c.artifacts}
        return {**files, self.manifest.path: self.manifest.text}

    def write(self, out: str | Path) -> tuple[Path, ...]:
        """Write all files, or none. Raises Refusal where there is an error."""
        from wrpc.targets.output import write

        if self.manifest is None:
            raise Refusal(d for d in self.findings.diagnostics if d.severity == "error")
        return write(Path(out), self.compiled, self.manifest)


def compile(  # noqa: A001  the verb of the trade
    policy: Policy,
    *targets: str,
    findings: Findings | None = None,
    settings: Mapping[str, Value] | None = None,
    today: date | None = None,
) -> Compilation:
    """The policy as files of each target, under the law of loss: what is not carried is a finding.

    Of `targets`, one that is no target's name is a stack of the policy: its targets are compiled in one go, and what
    one of them keeps is no loss of another. A target that is named beside its stack answers for itself as well.

    `findings` of an earlier `check` are used where given. A conflict between routes stops it, whatever a comment or a
    baseline says. `today`: see `lint`. Raises KeyError for an unknown target or
    stack.
    """
    from wrpc.accept.comments import ignored
    from wrpc.accept.waivers import compilable
    from wrpc.targets import TARGETS, named
    from wrpc.targets.manifest import manifest
    from wrpc.targets.target import Options
    from wrpc.targets.together import compile_together

    found = compilable(findings if findings is not None else check(policy, today=today))
    options = Options(settings=dict(settings or {}), today=today)
    names = dict.fromkeys(targets)
    alone = [named(name) for name in names if name in TARGETS]
    stacks = [policy.stacks[name] for name in names if name not in TARGETS]
    compiled, stacked = compile_together(policy, alone, stacks, found, options)
    lost = Findings.of([*(d for s in stacked for d in s.diagnostics), *(d for c in compiled for d in c.diagnostics)])
    everything = found + ignored(lost, policy.sources)
    written = None if everything.errors else manifest(policy, compiled, found, stacked)
    return Compilation(compiled, everything, written, stacked)
