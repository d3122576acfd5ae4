"""Guards, claims and assumptions: the rules over destinations and requests."""

from __future__ import annotations

from wrpc.policy import codes, expr, waivers
from wrpc.policy import model as m
from wrpc.policy.attributes import Reader
from wrpc.policy.faults import Faults
from wrpc.policy.lower import Lowering
from wrpc.policy.operands import CLAIM, REQUEST, RULE, Where
from wrpc.policy.parts import Parts
from wrpc.policy.reading import of_destination
from wrpc.policy.wording import described as form
from wrpc.policy.wording import spelling
from wrpc.syntax import tree

OBLIGATION = "kind of obligation"
RULES = (tree.Forbid, tree.Deny, tree.Require)
FLAGS = (tree.Sealed, tree.Critical, tree.AcceptFailure)
DENIAL = Where("a guard's `deny`, which sees only the request", cost=True)


class Guards:
    def __init__(self, reader: Reader, lowering: Lowering, faults: Faults) -> None:
        self.reader = reader
        self.lowering = lowering
        self.faults = faults

    # ── Guards ────────────────────────────────────────────────────────────

    def guard(self, section: tree.Section) -> m.Guard | None:
        parts = Parts(section, self.reader, (*RULES, *FLAGS))
        made: list[m.Rule] = []
        sound = True
        ruled = False
        for clause in parts.clauses:
            if isinstance(clause, RULES):
                ruled = True
                rule = self.rule(clause)
                sound &= rule is not None
                if rule is not None:
                    made.append(rule)
        if not ruled:
            assert section.name is not None
            self.faults.add(
                codes.MISSING_PART,
                f"the guard `{section.name.text}` has no rule",
                section.name.span,
                help='a guard has one or more of `forbid … when …`, `deny "why" when …`, `require … when …`',
            )
            return None
        if not sound:
            return None
        given = parts.attributes
        assert section.name is not None
        return m.Guard(
            name=section.name.text,
            rules=tuple(made),
            span=section.title,
            sealed=bool(parts.of(tree.Sealed)),
            critical=bool(parts.of(tree.Critical)),
            accepts_failure=bool(parts.of(tree.AcceptFailure)),
            labels=given.table("labels"),
            description=given.get("description", str) or "",
            waivers=waivers.read(section, self.reader, self.faults),
        )

    def rule(self, clause: tree.Forbid | tree.Deny | tree.Require) -> m.Rule | None:
        where = DENIAL if isinstance(clause, tree.Deny) else RULE
        when = self.lowering.condition(clause.condition, where) if clause.condition is not None else None
        lost = clause.condition is not None and when is None
        match clause:
            case tree.Forbid(span, what, _):
                forbidden = self.lowering.condition(what, RULE)
                return None if lost or forbidden is None else m.Forbid(forbidden, when, span)
            case tree.Deny(span, reason, _):
                return None if lost else m.Denial(reason.value, when, span)
            case tree.Require(span, what, _):
                name = self.obligation(what)
                if isinstance(what, tree.Call):
                    self.reader.familiar(what.name.text, OBLIGATION, what.name.span)
                elif isinstance(what, tree.Path) and name is not None:
                    self.reader.familiar(what.text, OBLIGATION, what.span)
                if lost or name is None:
                    return None
                return m.Obligation(name, when, of_destination(when), span)

    def obligation(self, e: tree.Expr) -> str | None:
        """`redact("pii")` is `redact:pii`, `audit` is itself."""
        match e:
            case tree.Path(_, (name,)):
                return name.text
            case tree.Call(_, name, arguments):
                words: list[str] = []
                for argument in arguments:
                    match argument.value:
                        case tree.Text(_, word):
                            words.append(word)
                        case tree.Path(_, (word,)):
                            words.append(word.text)
                        case tree.Number() as number:
                            words.append(spelling(number))
                        case other:
                            self.faults.add(
                                codes.WRONG_ARGUMENTS,
                                f"an obligation takes strings, names and numbers, found {form(other)}",
                                other.span,
                            )
                            return None
                    if argument.name is not None:
                        words[-1] = f"{argument.name.text}={words[-1]}"
                return f"{name.text}:{','.join(words)}" if words else name.text
            case _:
                self.faults.add(
                    codes.WRONG_OPERAND,
                    f"`require` takes an obligation, found {form(e)}",
                    e.span,
                    help='such as `require redact("pii") when …`, or `require audit when …`',
                )
                return None

    # ── Claims ────────────────────────────────────────────────────────────

    def assertion(self, section: tree.Section) -> m.Assertion | None:
        parts = Parts(section, self.reader, (tree.Claim, tree.Critical))
        clauses = parts.of(tree.Claim)
        claims = [c for c in map(self.claim, clauses) if c is not None]
        assert section.name is not None
        if not clauses:
            self.faults.add(
                codes.MISSING_PART,
                f"`assert {section.name.text}` claims nothing",
                section.name.span,
                help="a claim is `always … when …` or `never … when …`",
            )
            return None
        if len(claims) < len(clauses):
            return None
        given = parts.attributes
        return m.Assertion(
            name=section.name.text,
            claims=tuple(claims),
            span=section.title,
            critical=bool(parts.of(tree.Critical)),
            labels=given.table("labels"),
            description=given.get("description", str) or "",
            waivers=waivers.read(section, self.reader, self.faults),
        )

    def claim(self, clause: tree.Claim) -> m.Claim | None:
        what = self.lowering.condition(clause.what, CLAIM)
        when = self.lowering.condition(clause.condition, CLAIM) if clause.condition is not None else None
        if what is None or (clause.condition is not None and when is None):
            return None
        both = [what] if when is None else [what, when]
        return m.Claim(
            kind=clause.kind,
            what=what,
            when=when,
            reads_destination=any(map(of_destination, both)),
            reads_cost=any(isinstance(n, expr.Cost) for c in both for n in expr.walk(c)),
            span=clause.span,
        )

    def assumption(self, node: tree.Assume) -> m.Assumption | None:
        condition = self.lowering.condition(node.condition, REQUEST)
        return None if condition is None else m.Assumption(node.name.text, condition, node.name.span)
