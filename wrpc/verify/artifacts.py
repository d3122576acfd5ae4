"""Compiled files against their policy: what each target's reader makes of them decides as the policy does, or the
requests for which it does not.

Two things are compared. The files with what the policy compiles to now, both as the target reads them back: that is
exact, settings included, and shows what somebody changed. And the files with the policy itself, in all that the target
carries: that shows what the target would lose unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from wrpc.analysis.run import check
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, interpreter
from wrpc.decide.request import BadRequest, Request
from wrpc.diagnostics import Diagnostic, Findings, Refusal, finding
from wrpc.policy.expr import Named, NamedNumber, walk
from wrpc.policy.model import Policy, Pool, plan
from wrpc.policy.reading import opened, signals
from wrpc.solver.algebra import algebra
from wrpc.solver.changes import changes
from wrpc.solver.compare import Aspects, Incomparable, compare
from wrpc.solver.witness import json_value, witness
from wrpc.source import Source
from wrpc.targets import named
from wrpc.targets.compile import DECISIVE, GUARDS, phrase
from wrpc.targets.compile import Compiled as Made
from wrpc.targets.manifest import digest
from wrpc.targets.target import Cannot, Construct, Native, Target
from wrpc.targets.together import compile_together, resolved
from wrpc.verify import codes, folder
from wrpc.verify.folder import Compiled, Folder
from wrpc.verify.places import Places

Verdict = Literal["equal", "different", "open"]
# With these the files choose among the destinations otherwise than the policy; the destinations are the same.
CHOOSING = frozenset({Construct.SELECT, Construct.TO_ANY, Construct.WEIGHTS})
EDGES = frozenset({Construct.FALLBACK, Construct.SPILL, Construct.MIRROR, Construct.OTHERS, Construct.OVER_BUDGET})
PARTLY = "a part of the policy that the target does not carry (WRP801) is not compared"
BROKEN = (KeyError, IndexError, TypeError, ValueError, AttributeError, AssertionError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Difference:
    """A request that the files decide otherwise; `entry` is the line of the file that takes it.

    `what`: for a target that decides no requests, what of its files is not as compiled; the rest is then empty.
    """

    entry: str
    witness: Mapping[str, object] | None = None
    policy: Decision | None = None
    artifact: Decision | None = None
    region: str | None = None
    what: str | None = None

    def json(self) -> dict[str, object]:
        return {
            "region": self.region,
            "witness": None if self.witness is None else dict(self.witness),
            "policy": None if self.policy is None else self.policy.json(),
            "artifact": None if self.artifact is None else self.artifact.json(),
            "entry": self.entry,
            "what": self.what,
        }


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of one target. `why` says what keeps it open, or what is not compared."""

    target: str
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    why: str | None = None

    def json(self) -> dict[str, object]:
        return {
            "target": self.target,
            "verdict": self.verdict,
            "differences": [d.json() for d in self.differences],
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Report:
    targets: tuple[Verified, ...]
    findings: Findings

    @property
    def verdict(self) -> Verdict:
        verdicts = {t.verdict for t in self.targets}
        return "different" if "different" in verdicts else "open" if "open" in verdicts else "equal"


def verify(path: str | Path, policy: Policy | None = None) -> Report:
    """The files of a compiled folder against a policy, or against the one that the folder's manifest names.

    Raises Refusal where the folder has no manifest that can be read, or its policy is not found.
    """
    found = folder.read(Path(path))
    against = policy if policy is not None else folder.source(found)
    diagnostics = [*found.diagnostics, *_stale(found, against)]
    proofs = Findings(proofs=check(against).proofs)  # what is wrong with the policy is for `check` to say
    made = _made(found, against, proofs)
    targets = tuple(_Target(found, t, against, proofs, made[t.name]).verified() for t in found.targets)
    diagnostics += [d for t in targets for d in t.diagnostics]
    return Report(targets, Findings.of(diagnostics))


def _made(found: Folder, policy: Policy, proofs: Findings) -> dict[str, Made]:
    """What each target of a folder would be made of now, as part of the stacks it was compiled in."""
    stacks = [policy.stacks[name] for name in found.stacks if name in policy.stacks]
    together = {target.name for stack in stacks for target in resolved(stack)}
    alone = [named(t.name) for t in found.targets if t.name not in together]
    return {made.target.name: made for made in compile_together(policy, alone, stacks, proofs)[0]}


def _stale(found: Folder, policy: Policy) -> Iterator[Diagnostic]:
    known = set(found.sources.values())
    for source in policy.sources:
        if digest(source.text) not in known:
            message = f"`{source.name}` is not the text that the files were compiled from"
            yield finding(codes.OTHER_SOURCE, message, source.span(0, 0))


class _Target:
    def __init__(self, found: Folder, compiled: Compiled, policy: Policy, proofs: Findings, made: Made) -> None:
        self.folder = found
        self.compiled = compiled
        self.policy = policy
        self.proofs = proofs
        self.target: Target = named(compiled.name)
        self.made = made
        self.diagnostics: list[Diagnostic] = []
        self.files: dict[str, Source] = {}

    def verified(self) -> Verified:
        name = self.target.name
        missing = self._collect()
        self.diagnostics += self.folder.strangers(self.compiled)
        if missing:
            return self._told("different", why=f"{len(missing)} of its files are missing")
        if self.target.read is None:
            return self._told("open", why=f"`{name}` does not read its files back")
        try:
            back = self._read({p: s.text for p, s in self.files.items()})
        except Refusal as refusal:
            self.diagnostics += refusal.diagnostics
            return self._told("open", why="its files cannot be read back")
        return self._compared(back)

    def _told(self, verdict: Verdict, differences: Sequence[Difference] = (), why: str | None = None) -> Verified:
        return Verified(self.target.name, verdict, tuple(differences), tuple(self.diagnostics), why)

    def _collect(self) -> list[str]:
        missing = []
        for path, known in self.compiled.files.items():
            shown = f"{self.target.name}/{path}"
            try:
                source = self.folder.file(self.compiled, path)
            except Refusal as refusal:
                self.diagnostics += refusal.diagnostics
                missing.append(path)
                continue
            if source is None:
                place = (self.folder.path / shown).as_posix()
                self.diagnostics.append(finding(codes.MISSING, f"`{shown}` is not there", Source(place, "").span()))
                missing.append(path)
                continue
            if digest(source.text) != known:
                self.diagnostics.append(self._edited(shown, path, source))
            self.files[path] = source
        return missing

    def _edited(self, shown: str, path: str, source: Source) -> Diagnostic:
        """Where a file begins to differ from what was compiled, as far as that can be made again."""
        made = next((a.text for a in self.made.artifacts if a.path == path), None)
        if made is None or digest(made) != self.compiled.files[path]:
            return finding(codes.EDITED, f"`{shown}` is not as it was compiled", source.span(0, 0))
        now, then = source.text.splitlines(keepends=True), made.splitlines(keepends=True)
        same = next((i for i, (a, b) in enumerate(zip(now, then, strict=False)) if a != b), min(len(now), len(then)))
        start = sum(map(len, now[:same]))
        end = start + (len(now[same].rstrip("\n")) if same < len(now) else 0)
        message = f"`{shown}` is not as it was compiled, from line {same + 1} on"
        return finding(codes.EDITED, message, source.span(start, end))

    def _read(self, files: Mapping[str, str]) -> Policy:
        """What files say, as a policy. Raises Refusal."""
        from yaml import YAMLError

        assert self.target.read is not None
        try:
            back = self.target.read(files, self.policy)
        except (YAMLError, *BROKEN) as error:
            said = str(error).partition("\n")[0][:200] or type(error).__name__
            message = f"the files of `{self.target.name}` cannot be read back: {said}"
            place = next(iter(self.files.values()), Source(self.target.name, ""))
            raise Refusal([finding(codes.UNREADABLE, message, place.span(0, 0))]) from error
        return self._assuming(back) if self.target.decides else back

    def _assuming(self, back: Policy) -> Policy:
        """What was read with what the policy's owner knows of requests, which stands in no file. Where a file means
        something else by a name of it, more requests are compared than there are."""
        known = [a.condition for a in self.policy.assumptions.values()]
        names = {n.name for c in opened(self.policy, known) for n in walk(c) if isinstance(n, Named | NamedNumber)}
        used = {n: self.policy.definitions[n] for n in names}
        alike = all(n not in back.definitions or back.definitions[n].value == d.value for n, d in used.items())
        if not alike or not signals(self.policy, known) <= back.signals.keys():
            return back
        return replace(back, definitions={**back.definitions, **used}, assumptions=self.policy.assumptions)

    def _compared(self, back: Policy) -> Verified:
        expected: Policy | None = None
        errors = [d for d in self.made.diagnostics if d.severity == "error"]
        if self.made.artifacts:
            expected = self._read({a.path: a.text for a in self.made.artifacts})
        if not self.target.decides:
            if expected is None:
                return self._told("open", why=f"the policy does not compile: {errors[0].code.id} {errors[0].message}")
            found = list(self._things(expected, back))
            return self._told("different" if found else "equal", found)
        places = Places(self.folder, self.compiled, self.files)
        differences: list[Difference] = []
        why: str | None = None
        if expected is not None:
            result = changes(expected, with_pools(back, expected), named=True)
            sets = algebra(result.sides) if result.found else None
            for each in result.found:
                region = None if sets is None else sets.region(each.parts)
                shown = self._difference(places, each.request, each.old, each.new)
                differences.append(replace(shown, region=None if region is None else region.text))
            why = next((u.why for u in result.unsettled), None)
        elif errors:
            why = f"the policy does not compile for it: {errors[0].code.id} {errors[0].message}"
        aspects = self._carried()
        if not differences and aspects is not None:
            try:
                against = compare(self.policy, back, aspects)
            except Incomparable as error:
                why = why or str(error)
            else:
                if against.answer.request is not None:
                    ours, theirs = against.ours, against.theirs
                    differences.append(self._difference(places, against.answer.request, ours, theirs))
                elif against.verdict == "open":
                    why = why or against.answer.why or "routes of the policy conflict (WRP201)"
        if differences:
            return self._told("different", differences, why)
        if why:
            return self._told("open", why=why)
        return self._told(
            "equal", why=PARTLY if aspects is None or not (aspects.edges and aspects.obligations) else None
        )

    def _carried(self) -> Aspects | None:
        """What is left to compare with the policy; None where the target loses a part that decides."""
        target, proofs = self.target, {p.subject: p.verdict for p in self.proofs.proofs}
        weights = edges = obligations = True
        said = set()
        for use in self.made.uses:
            row = target.carries[use.construct]
            if use.construct in CHOOSING and not isinstance(row, Native):
                weights = False
            if not isinstance(row, Cannot):
                continue
            said.add(f"`{target.name}` does not carry {phrase(use)}: {row.why}")
            if use.construct in EDGES:
                edges = False
            elif use.construct is Construct.GUARD_REQUIRE:
                obligations = False
            elif (
                (use.construct in GUARDS and proofs.get(use.subject) != "proved")
                or use.construct in DECISIVE
                or use.construct is Construct.CASCADE
            ):
                return None

        lost = [*self.made.diagnostics, *(w.finding for w in self.made.waived)]
        if any(d.code.id == "WRP801" and d.severity != "info" and d.message not in said for d in lost):
            return None
        return Aspects(weights=weights, edges=edges, obligations=obligations)

    def _difference(
        self, places: Places, request: Request, ours: Decision | None, theirs: Decision | None
    ) -> Difference:
        own = {n: v for n, v in request.items() if n in self.policy.signals}
        shown = witness(self.policy, own)
        said = _decided(self.policy, own) or ours
        entry = places.of(self.policy, said, theirs)
        return Difference(entry, shown or {n: json_value(v) for n, v in own.items()}, said, theirs)

    def _things(self, expected: Policy, back: Policy) -> Iterator[Difference]:
        """Of files that decide nothing: the pools, models and workloads that are not as compiled."""
        places = Places(self.folder, self.compiled, self.files)
        kinds = (
            ("pool", expected.pools, back.pools),
            ("model", expected.models, back.models),
            ("workload", expected.workloads, back.workloads),
        )
        for kind, ours, theirs in kinds:
            for name in sorted({*ours, *theirs}):
                if ours.get(name) != theirs.get(name):
                    yield Difference(places.named(name), what=f"{kind} {name}")


def _decided(policy: Policy, request: Request) -> Decision | None:
    """What the policy does; None where the request is none of its own, or its routes conflict."""
    machine = interpreter(policy)
    try:
        machine.admit(request)
        return machine.decision(request)[0]
    except (BadRequest, Conflict):
        return None


def with_pools(back: Policy, expected: Policy) -> Policy:
    """A policy that files were read back to, with the pools of what was compiled, and those that the files alone name:
    of a pool they say its name and nothing else."""
    named = dict.fromkeys(p.pool for r in back.answering for p in plan(r.action))
    strangers = {name: Pool(name, back.at) for name in named if name not in expected.pools}
    return replace(back, pools={**expected.pools, **strangers})
