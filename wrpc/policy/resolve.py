"""Declarations into a resolved policy: names, signals, definitions, then everything that reads them.

Every declaration is looked at, however many have faults; a policy comes out only where there was no error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath

from wrpc.diagnostics import Related
from wrpc.policy import codes, labels, overridden, overrides
from wrpc.policy import model as m
from wrpc.policy.attributes import Reader
from wrpc.policy.definitions import Definitions
from wrpc.policy.expectations import Expectations
from wrpc.policy.faults import Faults
from wrpc.policy.frequencies import frequencies as assumed
from wrpc.policy.groups import Groups
from wrpc.policy.guards import Guards
from wrpc.policy.imports import Program
from wrpc.policy.machines import Machines
from wrpc.policy.names import Declared, Names
from wrpc.policy.parts import Parts
from wrpc.policy.readings import Reading
from wrpc.policy.routes import Routes
from wrpc.policy.signals import Signals
from wrpc.policy.stacks import stacks
from wrpc.policy.style import unused
from wrpc.policy.tables import tables
from wrpc.source import Source
from wrpc.syntax import tree

_KEYS: dict[str, m.ResolveKey] = {"priority": "priority", "confidence": "confidence", "name": "name"}


def resolve(program: Program, faults: Faults) -> m.Policy | None:
    """The policy of a program's declarations; None where anything in it, or before it, is an error."""
    names = Names(faults)
    reader = Reader(names, faults)
    names.declare(_named(program.declarations))
    names.swallow(program.broken)
    changes = overrides.apply((d for d in program.declarations if isinstance(d, tree.Override)), names)

    read_signals = Signals(names, reader, faults)
    signals: dict[str, m.Signal] = {}
    for name, node in names.of("signal").items():
        assert isinstance(node, tree.Signal)
        signal = read_signals.signal(node)
        if signal is not None:
            signals[name] = signal
    groups = Groups(names, faults).groups(signals)
    read_tables = tables(names, signals, reader, faults)
    defining = Definitions(
        names, signals, read_tables, _labels(names, "pool", faults), _labels(names, "site", faults), reader, faults
    )
    definitions, bands = defining.resolve()

    lowering = defining.lowering
    guarding = Guards(reader, lowering, faults)
    machines = Machines(reader, lowering, faults)
    routing = Routes(names, reader, lowering, faults)
    header, settings = _header(program, reader, faults)
    assumptions = {
        n: a
        for n, d in names.of("assume").items()
        if isinstance(d, tree.Assume) and (a := guarding.assumption(d)) is not None
    }
    models = {n: machines.model(s) for n, s in _sections(names, "model")}
    sites = {n: machines.site(s) for n, s in _sections(names, "site")}
    pools = {n: _placed(machines.pool(s), sites) for n, s in _sections(names, "pool")}
    workloads = {n: w for n, s in _sections(names, "workload") if (w := machines.workload(s)) is not None}
    frequencies = tuple(assumed(program.declarations, names, lowering, routing))
    places = {n: p for n, s in _sections(names, "place") if (p := machines.place(s)) is not None}
    routes = {n: r for n, s in _sections(names, "route") if (r := routing.route(s)) is not None}
    default = routing.route(names.default) if names.default is not None else None
    guards = {n: g for n, s in _sections(names, "guard") if (g := guarding.guard(s)) is not None}
    assertions = {n: c for n, s in _sections(names, "assert") if (c := guarding.assertion(s)) is not None}
    guards_before = overridden.guards(changes, guarding)
    tests = _tests(program.declarations, Expectations(names, signals, reader, guarding, faults), faults)
    targets = {n: machines.target(s) for n, s in _sections(names, "target")}
    together = stacks(names, faults)

    if faults.errors:
        return None
    main = program.sources[0]
    unused(names, main, faults)
    made = m.Policy(
        name=header.name.text if header is not None and header.name is not None else _stem(main),
        sources=tuple(program.sources),
        owner=settings.get("owner", str) or "",
        description=settings.get("description", str) or "",
        resolve=_keys(settings),
        header=header.span if header is not None else None,
        signals=signals,
        groups=groups,
        bands=bands,
        definitions=definitions,
        tables={n: t for n, t in read_tables.items() if t is not None},
        assumptions=assumptions,
        workloads=workloads,
        frequencies=frequencies,
        models=models,
        sites=sites,
        pools=pools,
        places=places,
        routes=routes,
        default=default,
        guards=guards,
        assertions=assertions,
        tests=tests,
        targets=targets,
        stacks=together,
        overridden=guards_before,
    )
    moved = {c.before.name.text: c.span for c in changes if isinstance(c.before, tree.Signal)}
    if not moved:
        return made
    was = resolve(overridden.before(program), Faults())
    return replace(made, overridden=overridden.by_signals(made, was, moved))


def _named(declarations: Iterable[tree.Declaration]) -> Iterator[Declared]:
    for declaration in declarations:
        if isinstance(declaration, (tree.Import, tree.Override, tree.Share, tree.Test)):
            continue
        if isinstance(declaration, tree.Section) and declaration.kind == "policy":
            continue
        yield declaration


def _placed(pool: m.Pool, sites: Mapping[str, m.Site]) -> m.Pool:
    """A pool that names a site and no region stands in the site's."""
    site = sites.get(pool.site or "")
    return pool if site is None or pool.region is not None else replace(pool, region=site.region)


def _sections(names: Names, kind: str) -> Iterator[tuple[str, tree.Section]]:
    for name, node in names.of(kind).items():
        assert isinstance(node, tree.Section)
        yield name, node


def _labels(names: Names, kind: str, faults: Faults) -> labels.Labels:
    return labels.read((section for _, section in _sections(names, kind)), faults)


def _header(program: Program, reader: Reader, faults: Faults) -> tuple[tree.Section | None, Reading]:
    """The one header, which stands in the main file; faults of others are reported too."""
    header: tree.Section | None = None
    for declaration in program.declarations:
        if not isinstance(declaration, tree.Section) or declaration.kind != "policy":
            continue
        at = declaration.name.span if declaration.name is not None else declaration.span
        if declaration.span.source is not program.sources[0]:
            faults.add(codes.HEADER, "only the main file has a header, and this is an imported file", at)
        elif header is not None:
            there = header.name.span if header.name is not None else header.span
            faults.add(
                codes.HEADER, "a policy has one header, found a second", at, related=[Related(there, "the first")]
            )
        else:
            header = declaration
    if header is None:
        return None, Reading()
    given = Parts(header, reader, ()).attributes
    language = given.whole("language")
    if language not in (None, 1):
        number = next(i.value for i in header.items if isinstance(i, tree.Attribute) and i.name.text == "language")
        faults.add(
            codes.LANGUAGE_VERSION,
            f"the file is written in version {language} of the language, and wrpc reads version 1",
            number.span,
        )
    return header, given


def _keys(settings: Reading) -> tuple[m.ResolveKey, ...]:
    if "resolve" not in settings.values:
        return ("priority",)
    return tuple(_KEYS[k] for k in settings.texts("resolve"))


def _tests(declarations: Iterable[tree.Declaration], expectations: Expectations, faults: Faults) -> tuple[m.Test, ...]:
    made: list[m.Test] = []
    titles: dict[str, tree.Test] = {}
    for declaration in declarations:
        if not isinstance(declaration, tree.Test):
            continue
        title = declaration.title.value
        if title in titles:
            faults.add(
                codes.DUPLICATE_NAME,
                f'two tests have the title "{title}"',
                declaration.title.span,
                related=[Related(titles[title].title.span, "first here")],
            )
        titles.setdefault(title, declaration)
        made.append(expectations.test(declaration))
    return tuple(made)


def _stem(source: Source) -> str:
    return PurePath(source.name).stem or "policy"
