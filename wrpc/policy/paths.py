"""Names with dots in them: what a destination, a table, a pool or a site has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.diagnostics import Fix
from wrpc.policy import codes, expr, meant
from wrpc.policy import vocabulary as v
from wrpc.policy.columns import Column
from wrpc.policy.operands import ROLE, ZERO, Choice, Num, Operand, SetOf, Str, Truth, Where, reading
from wrpc.syntax import tree

if TYPE_CHECKING:
    from wrpc.policy.lower import Lowering


class Paths:
    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.known = lowering.known
        self.names = lowering.names
        self.faults = lowering.faults

    def dotted(self, path: tree.Path, where: Where) -> Operand | None:
        """`destination.x`; in a place `pool`, `pool.x`, `site`, `site.x`."""
        head, *rest = path.parts
        if where.placement:
            return self.placed(path)
        if head.text in self.known.tables and head.text != "destination":
            return self.column(path)
        if head.text != "destination":
            if self.names.expression(head.text):
                self.faults.add(
                    codes.UNKNOWN_NAME, f"`{head.text}` has no parts, found `{path.text}`", path.span,
                    help=f"a name with a dot in it is one name in backticks: `` `{path.text}` ``",
                )  # fmt: skip
            else:
                advice = meant.path(path, where, self.names.expressible())
                if advice is None:
                    if ("table", head.text) in self.names.swallowed:
                        return None
                    known = [*self.names.expressible(), *self.known.tables]
                    known += ["destination"] if where.destination else []
                    self.names.unknown("signal, score, band or let", head, known)
                else:
                    message = f"no signal, score, band or let is called `{head.text}`"
                    self.faults.add(codes.UNKNOWN_NAME, message, head.span, help=advice[0], fixes=advice[1])
            return None
        if not where.destination:
            only = "`forbid` and `require` of a guard, and in claims"
            self.lowering.misplaced(f"`{path.text}`", path.span, only, where)
            return None
        name = ".".join(p.text for p in rest)
        dimension = v.NUMBERS.get(name, self.known.pool_labels.numbers.get(name))
        if dimension is not None and name not in (*v.DESTINATION, *v.PLACE):
            if name == "cost":
                self.lowering.metered()
            return Num(reading(expr.Provided(name, span=path.span), path.span), dimension)
        if len(rest) != 1:
            self.faults.add(
                codes.UNKNOWN_NAME,
                f"a destination has attributes, found `{path.text}`",
                path.span,
                help="such as `destination.trust` or `destination.pool`",
                fixes=() if rest else [Fix(path.span, "destination.pool", "write `destination.pool`", safe=False)],
            )
            return None
        if rest[0].text == "role":
            return Str(expr.Attribute("role"), ROLE)
        if rest[0].text == "causes":
            message = "the causes of a destination are a set"
            self.faults.add(codes.WRONG_OPERAND, message, path.span, help="write `timeout in destination.causes`")
            return None
        return self.attribute(
            rest[0], "", (*v.DESTINATION, *v.PLACE, *v.NUMBERS, *self.known.pool_labels), "a destination"
        )

    def column(self, path: tree.Path) -> Operand | None:
        """`plan.tier`: what a table says."""
        column = self.known_column(path)
        if column is None:
            return None
        match column.type:
            case "words":
                return Choice(column.title, column.names, column=column)
            case "list":
                return SetOf(column.title, column.names, column)
            case "string":
                return Str(column)
            case "bool":
                return Truth(column.where(bool, path.span))
            case "number":
                return Num(expr.Linear(ZERO, column.number, span=path.span), column.dimension)

    def known_column(self, path: tree.Path, *, quiet: bool = False) -> Column | None:
        """The column that a path means, whose head is a table; `quiet` reports nothing."""
        head, *rest = path.parts
        if quiet:
            table = self.known.tables[head.text]
            return table.columns.get(rest[0].text) if table is not None and len(rest) == 1 else None
        if not self.names.find("table", head):
            return None
        table = self.known.tables[head.text]
        if table is None:
            return None
        self.names.use(table.signal)
        name = rest[0].text if len(rest) == 1 else ""
        if name not in table.columns:
            at = rest[0] if len(rest) == 1 else None
            best = self.faults.suggest(name, table.columns)
            self.faults.add(
                codes.UNKNOWN_COLUMN,
                f"the table `{head.text}` has no `{name}`" if at else f"a table has attributes, found `{path.text}`",
                at.span if at else path.span,
                help=best or "it has " + ", ".join(f"`{c}`" for c in list(table.columns)[:6]),
                fixes=self.names.rename(at, table.columns) if best and at else (),
            )
            return None
        return table.columns[name]

    def placed(self, path: tree.Path) -> Operand | None:
        head, *rest = path.parts
        pool = head.text == "pool"
        labels = self.known.pool_labels if pool else self.known.site_labels
        numbers = {**labels.numbers, **(v.PLACED_NUMBERS if pool else {})}
        words = v.PLACED_POOL if pool else v.PLACED_SITE
        name = ".".join(p.text for p in rest)
        if head.text in ("pool", "site") and name in numbers and name not in words:
            return Num(reading(expr.Provided(path.text, span=path.span), path.span), numbers[name])
        if head.text not in ("pool", "site") or len(rest) > 1:
            self.faults.add(
                codes.MISPLACED_NAME,
                f"a rule of `place` reads `pool`, `site` and their attributes, found `{path.text}`",
                path.span,
                help='such as `pool == local`, `pool.trust == "own"` or `site.region == "eu"`',
            )
            return None
        if not rest:
            return Str(expr.Attribute(head.text), v.NAMED[head.text])
        known = tuple(dict.fromkeys((*words, *labels, *numbers)))
        return self.attribute(rest[0], f"{head.text}.", known, f"a {head.text}")

    def attribute(self, name: tree.Name, prefix: str, known: tuple[str, ...], of: str) -> Operand | None:
        if name.text in known:
            full = prefix + name.text
            return Str(expr.Attribute(full), v.NAMED.get(full, ""))
        if self.names.lost("site" if prefix == "site." else "pool"):
            return None  # it may be a label of what could not be read
        best = self.faults.suggest(name.text, known)
        self.faults.add(
            codes.UNKNOWN_NAME,
            f"{of} has no attribute or label `{name.text}`",
            name.span,
            help=best or "its attributes are " + ", ".join(f"`{k}`" for k in known[:6])
            + ", or a label that a pool declares",
            fixes=self.names.rename(name, known) if best else (),
        )  # fmt: skip
        return None
