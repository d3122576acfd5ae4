"""A policy as LiteLLM's proxy configuration: a group for each plan, and the names that lead to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.model import Env, Policy
from wrpc.source import Span
from wrpc.targets import writing
from wrpc.targets.codes import APPROXIMATED, NOT_CARRIED
from wrpc.targets.gateway.branches import Deny, Refuse, Send, Settled, Unrouted
from wrpc.targets.litellm import hook
from wrpc.targets.litellm.deployments import Deployments
from wrpc.targets.litellm.names import Called, Cell, named
from wrpc.targets.litellm.plans import KINDS, SELECTS, Kind, Member, Plan, plan
from wrpc.targets.target import Artifact, Emitted, Entry, Options

PATH = "config.yaml"
MASTER_KEY = "LITELLM_MASTER_KEY"
MAX_FALLBACKS = 5
"""How many steps of fallbacks LiteLLM takes unless it is told."""


def emit(settled: Settled, options: Options) -> Emitted:
    cells, found = named(settled)
    endpoints = options.settings.get("endpoints")
    given = endpoints if isinstance(endpoints, Mapping) else {}
    policy = settled.policy
    deployments = Deployments(policy, given, options.spans.get("endpoints", policy.at))
    made = _Groups(policy, deployments, {c.cell.text for c in cells})
    for cell in cells:
        made.add(cell)
    made.agree()
    content: dict[str, object] = {
        "model_list": made.entries,
        "router_settings": made.router(),
        "litellm_settings": {"callbacks": [hook.CALLBACK]},
        "general_settings": {"master_key": _master_key(options)},
    }
    head = [
        f"{policy.name}, for LiteLLM 1.106. Compiled by wrpc: change the policy, not this file.",
        f"{hook.FILE} and {hook.DATA} have to stand beside it: they say which names a request may ask for.",
    ]
    places = tuple(Entry(f"/model_list/{i}", at) for i, at in enumerate(made.spans))
    artifacts = (
        Artifact(PATH, writing.yaml(content, head), places),
        Artifact(hook.DATA, writing.json(_names(cells, made)) + "\n"),
        Artifact(hook.FILE, hook.TEXT),
    )
    diagnostics = (*found, *made.diagnostics, *deployments.diagnostics)
    return Emitted(artifacts, diagnostics, settled.requiring)


def _master_key(options: Options) -> str:
    given = options.settings.get("master_key")
    return f"os.environ/{given.name if isinstance(given, Env) else MASTER_KEY}"


@dataclass(slots=True)
class _Groups:
    """The groups of `model_list`, in the order in which names first lead to them; behind them those that are only
    fallen back to."""

    policy: Policy
    deployments: Deployments
    texts: Collection[str]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    group: dict[Cell, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    _plans: dict[str, Plan] = field(default_factory=dict)
    _first: dict[str, list[tuple[Send, str]]] = field(default_factory=dict)
    _spans: dict[str, Span] = field(default_factory=dict)
    _spares: dict[str, Member] = field(default_factory=dict)
    _spare_of: dict[tuple[str, Member], str] = field(default_factory=dict)

    def add(self, cell: Called) -> None:
        if not isinstance(cell.deed, Send):
            return
        own = cell.cell
        if not own.open and (first := self._alike(cell.deed)) is not None:
            self.group[own] = first
            if self._called(own) == own.text:
                self.aliases[own.text] = first
            return
        made = plan(cell.deed.action)
        name = self._called(own, chained=bool(made.spares))
        self.group[own] = name
        self._plans[name], self._spans[name] = made, cell.span
        if not own.open:
            self._first.setdefault(cell.deed.route, []).append((cell.deed, name))
        for loss in made.losses:
            message = f"`litellm` carries {cell.subject} only in part: it loses {loss}"
            self.diagnostics.append(finding(APPROXIMATED, message, cell.span, subjects=[cell.subject]))

    def _called(self, cell: Cell, *, chained: bool = False) -> str:
        """The group of a cell: as the names are. What LiteLLM would take for something else has a name that only the
        hook gives: nothing at all, several names, a star in the midst of a beginning; a beginning with fallbacks, for
        those are looked up by the name that is asked for, and `*` has those of every group."""
        if cell.open and "*" not in cell.text:
            made = f"{cell.text}{hook.UNKNOWN if chained else '*'}"
            if made not in self.texts:
                return made
        if not cell.open and cell.text and not set(",*") & set(cell.text):
            return cell.text
        return next(own for i in count(len(self._plans)) if (own := f"group {i}") not in self.texts)

    def _alike(self, send: Send) -> str | None:
        """The group of a name for which the same is done."""
        return next((name for other, name in self._first.get(send.route, ()) if other == send), None)

    def agree(self) -> None:
        """What is one setting for all groups."""
        several = {name: p for name, p in self._plans.items() if len(p.members) > 1}
        if any(p.others for p in several.values()):
            for name, own in several.items():
                if not own.others:
                    message = "pools stand in for one another in all groups or in none, and here they should not"
                    self._report(message, self._spans[name], f"group {name}")
        if len({p.select for p in several.values()}) > 1:
            at = self._spans[[*several][-1]]
            self._report("how a pool is chosen is one setting for all groups, and these differ", at, "select")
        for name, own in self._plans.items():
            self._spared(name, own.spares)

    def _spared(self, group: str, spares: Sequence[Member]) -> None:
        """A group for each pool that a group falls back to. They stand in the order in which they are tried, so that
        the order of two that no list has together can be read; for a chain with another order there are others."""
        places = {member: i for i, member in reversed([*enumerate(self._spares.values())])}
        known = [places[m] for m in spares if m in places]
        again = known == sorted(known)
        found = [*self._spares.items()]
        before = len(found)
        for member in reversed(spares):
            at = next((i for i, (_, m) in enumerate(found) if m == member), None) if again else None
            if at is None:
                found.insert(before, (self._named(member, {name for name, _ in found}), member))
            else:
                before = at
            self._spare_of[group, member] = found[before][0]
        self._spares = dict(found)

    def _named(self, member: Member, others: Collection[str]) -> str:
        """No request can ask for a group by this name: the hook knows none of them."""
        taken = {*self._plans, *self.aliases, *others}
        stem = member.pool.translate(dict.fromkeys(map(ord, f"*,{hook.UNKNOWN}"), "_")) or "pool"
        ends = {_end(name) for name in taken}
        return next(
            t for t in chain([stem], (f"{stem} {i}" for i in count(2))) if t not in taken and _end(t) not in ends
        )

    def _report(self, message: str, at: Span, subject: str) -> None:
        said = finding(NOT_CARRIED, f"LiteLLM does not carry this: {message}", at, severity="error", subjects=[subject])
        self.diagnostics.append(said)

    # ── The file ──────────────────────────────────────────────────────────

    @property
    def _members(self) -> Iterator[tuple[str, Member, Span]]:
        for name, own in self._plans.items():
            for member in own.members:
                yield name, member, self._spans[name]
        for name, member in self._spares.items():
            yield name, member, self.policy.pools[member.pool].span

    @property
    def spans(self) -> Sequence[Span]:
        return [at for _, _, at in self._members]

    @property
    def entries(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for name, member, _ in self._members:
            params, info = self.deployments.of(member.pool)
            if member.weight is not None:
                params["weight"] = member.weight
            if member.timeout is not None:
                params["timeout"] = member.timeout
            if member.retries:
                params["num_retries"] = member.retries
            identity = {"id": f"{name}/{member.pool}", "pool": member.pool}
            found.append({"model_name": name, "litellm_params": params, "model_info": {**identity, **info}})
        return found

    def router(self) -> dict[str, object]:
        several = [p for p in self._plans.values() if len(p.members) > 1]
        select = next((p.select for p in several if p.select), None)
        found: dict[str, object] = {
            "routing_strategy": SELECTS[select] if select else "simple-shuffle",
            "num_retries": 0,
            "disable_cooldowns": True,
            **({"enable_weighted_failover": True} if any(p.others for p in several) else {}),
            **self._lists(),
        }
        longest = max((len(p.spares) for p in self._plans.values()), default=0)
        if longest > MAX_FALLBACKS:
            found["max_fallbacks"] = longest
        if self.aliases:
            found["model_group_alias"] = dict(self.aliases)
        return found

    def _lists(self) -> dict[str, object]:
        """Without lists of their own, prompts that are too long and refusals go by the first list."""
        lists = {kind: self._chains(kind) for kind in KINDS}
        if all(own == lists["fallbacks"] for own in lists.values()):
            lists = {"fallbacks": lists["fallbacks"]}
        return {kind: [{name: targets} for name, targets in own.items()] for kind, own in lists.items() if own}

    def _chains(self, kind: Kind) -> dict[str, list[str]]:
        found = {}
        for name, own in self._plans.items():
            targets = [self._spare_of[name, member] for member in own.tried(kind)]
            if own.spares:
                for asked in (name, *(a for a, group in self.aliases.items() if group == name)):
                    found[asked] = targets
        # LiteLLM looks up `openai/x` for `x`, and the other way round.
        ends = {_end(asked) for asked in found}
        for name in (*self._plans, *self.aliases):
            if name not in found and _end(name) in ends:
                found[name] = []
        return found


def _end(name: str) -> str:
    return name.rpartition("/")[2]


def _names(cells: Sequence[Called], groups: _Groups) -> dict[str, object]:
    """What the hook reads: the group of each name, or how it is refused."""

    def said(cell: Called) -> dict[str, object]:
        match cell.deed:
            case Deny(reason):
                return {"status": 403, "reason": reason}
            case Refuse(reason):
                return {"status": 400, "reason": reason}
            case Unrouted(reason):
                return {"status": 404, "reason": reason}
            case _:
                own = groups.group[cell.cell]
                return {"group": f"{cell.cell.text}{hook.UNKNOWN}" if own == f"{cell.cell.text}*" else own}

    return {
        "names": {c.cell.text: said(c) for c in cells if not c.cell.open},
        "beginnings": [{"beginning": c.cell.text, **said(c)} for c in cells if c.cell.open],
    }
