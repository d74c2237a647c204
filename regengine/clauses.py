"""Law into rules: each duty and named condition becomes positive Horn clauses.

A condition is proved on a rail (see ``inference``) only where some duty needs it there:
``not`` swaps rails, "and" and "or" become one clause or several, each alternative with
its own citation. A duty is proved required (T) when its conditions hold, every exemption
of the law's own test is proved false (F), and every exemption that the bound person
must claim is *not shown* (N). That last rail is how an unknown exemption is presumed not
to apply without negation in the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from regengine.assessment import ContentItem
from regengine.conditions import All, Any, Atom, Condition, Name, Not, leaves, parse
from regengine.inference import Proposition, Rail, Rule, Ruleset
from regengine.law import (
    Content,
    Ground,
    LawFile,
    NamedCondition,
    Obligation,
    Scope,
    Stage,
    Status,
    Unless,
    Version,
)

CHAIN = 8  # longer lists of premises are compiled as chains of partial conclusions
_RAILS_OF_NOT: dict[Rail, Rail] = {"T": "F", "F": "T", "N": "P", "P": "N"}
_PROOFS: tuple[Rail, ...] = ("T", "F")
# Atoms whose truth depends on whose data and which people an obligation looks at.
_SCOPED = frozenset({"people", "data", "reach", "role", "places", "affected"})
GROUP_FACTS = frozenset({"encrypted", "key_taken", "redacted", "children"})


@dataclass(frozen=True, slots=True)
class Context:
    """Whose data and which people the atoms of an obligation look at."""

    protects: str = "default"
    bound: tuple[str, ...] = ("controller", "joint_controller")
    scope: Scope | None = None

    label: str = field(init=False, compare=False)  # the same for the same content

    def __post_init__(self) -> None:
        scope = ""
        if self.scope is not None:
            given = self.scope.model_dump(exclude_defaults=True)
            scope = ",".join(f"{key}={value}" for key, value in sorted(given.items()))
        label = f"{self.protects};{'+'.join(self.bound)};{scope}"
        object.__setattr__(self, "label", label)  # the dataclass is frozen once built


@dataclass(frozen=True, slots=True)
class Leaf:
    """An atom to be decided from the facts, in its context."""

    name: str
    atom: Atom
    context: Context


@dataclass(frozen=True, slots=True)
class Exemption:
    """One ground of ``unless`` with the name of its proposition."""

    name: str
    tree: Condition
    unless: Unless


@dataclass(frozen=True, slots=True)
class Clause:
    """One version of a duty (or a stage of it), ready to be asked about.

    ``label`` tells the version, ``name`` is the proposition "this is owed".
    """

    obligation: str
    label: str
    name: str
    positives: tuple[Condition, ...]
    exemptions: tuple[Exemption, ...]
    context: Context
    stage: str | None = None


@dataclass(frozen=True)
class Instrument:
    """One law file as rules, with the leaves that each clause needs."""

    name: str
    file: LawFile
    ruleset: Ruleset
    leaves: dict[str, Leaf]
    clauses: dict[tuple[str, str, str | None], Clause]
    conditions: dict[str, NamedCondition]
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defined: dict[str, tuple[Condition, Context]] = field(default_factory=dict)

    @cached_property
    def claims(self) -> dict[str, tuple[Context, Exemption]]:
        """The exemptions that their bound persons must show, by name."""
        return {
            exemption.name: (clause.context, exemption)
            for clause in self.clauses.values()
            for exemption in clause.exemptions
            if exemption.unless.burden == "claimant"
        }

    @cached_property
    def rests_on(self) -> dict[tuple[str, str], frozenset[str]]:
        """The leaves that each version of a duty needs, with its stages."""
        found: dict[tuple[str, str], set[str]] = {}
        for (duty, label, _), clause in self.clauses.items():
            found.setdefault((duty, label), set()).update(self.needs.get(clause.name, ()))
        return {key: frozenset(names) for key, names in found.items()}


@dataclass(frozen=True, eq=False)
class Edition:
    """A version as compiled: its label and its terms with the obligation's filled in.

    Made once for each corpus and place, and told apart by identity.
    """

    label: str
    obligation: Obligation
    version: Version

    @cached_property
    def content(self) -> dict[str | None, tuple[ContentItem, ...]]:
        """What the notice must say, by stage; a stage without words of its own says the whole."""
        whole = self.version.content or ()
        parts: dict[str | None, tuple[Content, ...]] = {None: whole}
        parts |= {stage.name: stage.content or whole for stage in self.version.stage or ()}
        return {
            name: tuple(ContentItem(say=item.say, fill=item.fill) for item in items)
            for name, items in parts.items()
        }

    @property
    def status(self) -> Status:
        """Tell whether the terms are law: in force where they say nothing else."""
        return self.version.status or "in_force"


def scoped(atom: Atom) -> bool:
    """Tell whether an atom means different things in different obligations.

    >>> scoped(parse("people >= 500")), scoped(parse("incident.lost"))
    (True, False)
    """
    if atom.kind == "fact":
        return atom.subject in GROUP_FACTS
    return atom.kind in _SCOPED


def as_atom(name: str) -> Atom:
    """Read a bare name as "this fact or judgement is true".

    >>> as_atom("incident.lost").text
    'incident.lost'
    """
    return Atom("fact", name, "=", "true", text=name)


def exemption_tree(unless: Unless) -> Condition:
    """Join an exemption's condition with the form and the filing that the law asks."""
    tree = parse(unless.if_)
    extra: list[Condition] = []
    judged = [leaf for leaf in leaves(tree) if _is_judgement(leaf)]
    for form in unless.form:
        for leaf in judged:
            subject = leaf.subject if isinstance(leaf, Atom) else leaf.name
            extra.append(Atom("form", subject, words=(form,), text=f"{subject} is {form}"))
    if unless.after is not None:
        extra.append(_filed(unless.after))
    return All((tree, *extra)) if extra else tree


def _is_judgement(leaf: Atom | Name) -> bool:
    if isinstance(leaf, Name):
        return leaf.kind == "name" and "." in leaf.name and not leaf.name.startswith("incident.")
    return (
        leaf.kind == "fact"
        and "." in leaf.subject
        and leaf.subject.split(".")[0]
        not in (
            "incident",
            "organisation",
        )
    )


def _filed(after: str) -> Atom:
    inside = after.partition("(")[2].rstrip(")")
    names = tuple(name.strip() for name in inside.split("|"))
    return Atom("filed", words=names, text=f"filed({' | '.join(names)})")


class Compiler:
    """Compiles one law file; ``shared`` are the dotted conditions of all files."""

    def __init__(
        self,
        name: str,
        file: LawFile,
        editions: Sequence[Edition],
        shared: dict[str, NamedCondition],
    ) -> None:
        self.name = name
        self.file = file
        self.editions = editions
        self.conditions = {**shared, **{item.name: item for item in file.condition}}
        self.rules: dict[str, Rule] = {}
        self.leaves: dict[str, Leaf] = {}
        self.clauses: dict[tuple[str, str, str | None], Clause] = {}
        self.proved: set[Proposition] = set()
        self.owed: set[tuple[str, Rail]] = set()
        self.duties: dict[str, tuple[Clause, str | None]] = {}
        self.defined: dict[str, tuple[Condition, Context, str | None]] = {}
        self.labels: dict[str, list[str]] = {}
        self.besides: dict[str, dict[str, list[str]]] = {}  # newer labels by older ones
        for edition in editions:
            known = self.labels.setdefault(edition.obligation.id, [])
            if edition.version.transition == "both":
                held = self.besides.setdefault(edition.obligation.id, {})
                for older in known:
                    held.setdefault(older, []).append(edition.label)
            known.append(edition.label)

    def compile(self) -> Instrument:
        """Compile every edition of the file's obligations and their stages."""
        for edition in self.editions:
            self._edition(edition)
        self._wanted_duties()
        rules = tuple(self.rules[key] for key in sorted(self.rules))
        return Instrument(
            name=self.name,
            file=self.file,
            ruleset=Ruleset(self.name, rules),
            leaves=self.leaves,
            clauses=self.clauses,
            conditions=self.conditions,
            needs=_closure(rules, self.leaves),
            defined={name: (tree, context) for name, (tree, context, _) in self.defined.items()},
        )

    # -- duties -------------------------------------------------------------------

    def _edition(self, edition: Edition) -> None:
        terms, obligation = edition.version, edition.obligation
        context = Context(terms.protects or "default", obligation.bound, terms.scope)
        when = terms.when or ()
        positives: list[Condition] = [
            Atom("role", words=obligation.bound, text=f"role is {' or '.join(obligation.bound)}"),
            *(parse(text) for text in when),
        ]
        if any(to.kind == "individuals" for to in terms.to or ()):
            positives.append(parse("people >= 1"))
        grounds = terms.grounds or ()
        name = f"{obligation.id}::{edition.label}"
        if grounds:
            positives.append(self._grounds(name, grounds, context))
        clause = self._clause(edition, name, tuple(positives), terms.unless or (), context)
        self.clauses[obligation.id, edition.label, None] = clause
        for stage in terms.stage or ():
            self._stage(edition, stage, name, context)

    def _stage(self, edition: Edition, stage: Stage, duty: str, context: Context) -> None:
        name = f"{duty}/{stage.name}"
        positives = (Name("duty", duty), *(parse(text) for text in stage.when))
        clause = self._clause(edition, name, positives, stage.unless, context, stage.name)
        self.clauses[edition.obligation.id, edition.label, stage.name] = clause

    def _grounds(self, duty: str, grounds: Sequence[Ground], context: Context) -> Condition:
        names: list[Condition] = []
        for ground in grounds:
            name = f"{duty} ground {_ascii(ground.name)}"
            self.defined[name] = (parse(ground.if_), context, ground.cite)
            names.append(Name("duty", name))
        return Any(tuple(names))

    def _clause(
        self,
        edition: Edition,
        name: str,
        positives: tuple[Condition, ...],
        unless: Sequence[Unless],
        context: Context,
        stage: str | None = None,
    ) -> Clause:
        exemptions = []
        for number, ground in enumerate(unless, start=1):
            tree = exemption_tree(ground)
            exempt = f"{name} exempt {number}"
            self.defined[exempt] = (tree, context, ground.cite)
            exemptions.append(Exemption(exempt, tree, ground))
        clause = Clause(
            edition.obligation.id, edition.label, name, positives, tuple(exemptions), context, stage
        )
        self.duties[name] = (clause, edition.version.cite)
        for rail in _PROOFS:
            self._ensure(name, rail)
        return clause

    def _ensure(self, name: str, rail: Rail) -> None:
        if (name, rail) not in self.proved:
            self.proved.add((name, rail))
            clause, cite = self.duties[name]
            self._prove_duty(clause, rail, cite)

    def _prove_duty(self, clause: Clause, rail: Rail, cite: str | None) -> None:
        """Say when a duty is owed on one rail; see the module's first words."""
        required = rail in ("T", "P")
        own = [self._want(term, rail, clause.context) for term in clause.positives]
        # The law's own test must be proved either way; a claim counts only once shown.
        for exemption in clause.exemptions:
            rail_of: Rail
            if exemption.unless.burden == "claimant":
                rail_of = "N" if required else "T"
            else:
                rail_of = _RAILS_OF_NOT[rail]
            own.append(self._want(Name("duty", exemption.name), rail_of, clause.context))
        if required:
            self._rule(clause.name, rail, own, cite)
        else:
            for premise in own:
                self._rule(clause.name, rail, [premise], cite)

    def _wanted_duties(self) -> None:
        """Join the versions of each duty into "owed": the one whose version is in force."""
        done: set[tuple[str, Rail]] = set()
        while todo := self.owed - done:  # proving one may ask for another
            for duty, rail in sorted(todo):
                done.add((duty, rail))
                self._owed(duty, rail)

    def _owed(self, duty: str, rail: Rail) -> None:
        owed = f"{duty}::owed"
        for label in self.labels[duty]:
            self._ensure(f"{duty}::{label}", rail)
            chosen = self._leaf_version(duty, label)
            # A version of which it is doubtful that it binds is "not excluded": what it
            # orders is not owed for sure, and what it does not order is not owed.
            sure: Rail = "T" if rail == "T" else "P"
            own: list[Proposition] = [(f"{duty}::{label}", rail), (chosen, sure)]
            if rail == "F" and label in self.besides.get(duty, ()):
                # Neither of two versions frees alone where it is open which one binds.
                for newer in self.besides[duty][label]:
                    beside = self._leaf_version(duty, label, newer)
                    self._ensure(f"{duty}::{newer}", "F")
                    self._rule(owed, rail, [*own, (f"{duty}::{newer}", "F"), (beside, "T")], None)
                own.append((self._leaf_version(duty, label, "none"), "T"))
            self._rule(owed, rail, own, None)
            if rail == "P":
                for newer in self.besides.get(duty, {}).get(label, ()):
                    self._ensure(f"{duty}::{newer}", "P")
                    beside = self._leaf_version(duty, label, newer)
                    self._rule(owed, rail, [(f"{duty}::{newer}", "P"), (beside, "T")], None)
            if rail == "N":
                self._rule(owed, rail, [(chosen, "N")], None)
        if rail in ("F", "N"):
            self._rule(owed, rail, [(self._leaf_version(duty, "none"), "T")], None)

    def _leaf_version(self, duty: str, label: str, besides: str | None = None) -> str:
        """Name the leaf "this version applies", or "and this newer one runs besides"."""
        said = label if besides is None else f"{label} with {besides} besides"
        name = f"{duty}::version {said}"
        words = (label,) if besides is None else (label, besides)
        atom = Atom("version", duty, words=words, text=f"version {said} of {duty}")
        self.leaves.setdefault(name, Leaf(name, atom, Context()))
        return name

    # -- conditions ---------------------------------------------------------------

    def _want(self, node: Condition, rail: Rail, context: Context) -> Proposition:
        """Return the proposition of a condition on a rail, and have it proved."""
        if isinstance(node, Not):
            return self._want(node.term, _RAILS_OF_NOT[rail], context)
        if isinstance(node, Atom):
            return self._want_leaf(node, context), rail
        if isinstance(node, Name):
            return self._want_name(node, rail, context)
        name = f"so::{node}{self._suffix(node, context)}"
        self._prove(name, node, context, None, rail)
        return name, rail

    def _want_leaf(self, atom: Atom, context: Context) -> str:
        suffix = f" [{context.label}]" if scoped(atom) else ""
        name = f"{atom.kind}::{atom.text}{suffix}"
        self.leaves.setdefault(name, Leaf(name, atom, context))
        return name

    def _want_name(self, node: Name, rail: Rail, context: Context) -> Proposition:
        if node.kind == "duty":
            if node.name in self.duties:
                self._ensure(node.name, rail)
            else:
                self._prove(node.name, *self.defined[node.name], rail=rail)
            return node.name, rail
        if node.kind == "owed":
            if node.name in self.labels:
                # Both proofs, so that an answer of "not owed" can be seen as well.
                self.owed.update({(node.name, rail), (node.name, "T"), (node.name, "F")})
                return f"{node.name}::owed", rail
            atom = Atom("owed", node.name, text=f"owed({node.name})")
            return self._want_leaf(atom, context), rail
        condition = self.conditions.get(node.name)
        if condition is None:
            return self._want_leaf(as_atom(node.name), context), rail
        tree = condition.tree
        name = f"condition::{node.name}{self._suffix(tree, context)}"
        self._prove(name, tree, context, condition.cite, rail)
        return name, rail

    def _suffix(self, node: Condition, context: Context) -> str:
        return f" [{context.label}]" if self._depends(node) else ""

    def _depends(self, node: Condition, seen: frozenset[str] = frozenset()) -> bool:
        for leaf in leaves(node):
            if isinstance(leaf, Atom):
                if scoped(leaf):
                    return True
            elif leaf.kind == "name":
                held = self.conditions.get(leaf.name)
                if held is None:
                    if leaf.name in GROUP_FACTS:
                        return True
                elif leaf.name not in seen and self._depends(held.tree, seen | {leaf.name}):
                    return True
        return False

    def _prove(
        self, name: str, node: Condition, context: Context, cite: str | None, rail: Rail
    ) -> None:
        """Add the clauses that conclude ``name`` on ``rail`` from the condition."""
        if (name, rail) in self.proved:
            return
        self.proved.add((name, rail))
        if isinstance(node, Not):
            premise = self._want(node.term, _RAILS_OF_NOT[rail], context)
            self._rule(name, rail, [premise], cite)
        elif isinstance(node, Atom | Name):
            self._rule(name, rail, [self._want(node, rail, context)], cite)
        else:
            premises = [self._want(term, rail, context) for term in node.terms]
            together = isinstance(node, All) == (rail in ("T", "P"))
            if together:
                self._rule(name, rail, premises, cite)
            else:
                for premise in premises:
                    self._rule(name, rail, [premise], cite)

    # -- rules --------------------------------------------------------------------

    def _rule(
        self, name: str, rail: Rail, premises: Iterable[Proposition], cite: str | None
    ) -> None:
        unique = tuple(dict.fromkeys(premises))
        part = 0
        while len(unique) > CHAIN:
            part += 1
            head, unique = unique[:CHAIN], unique[CHAIN:]
            partial = f"{name} part {part}"
            self._add(partial, rail, head, cite)
            unique = ((partial, rail), *unique)
        self._add(name, rail, unique, cite)

    def _add(
        self, name: str, rail: Rail, premises: tuple[Proposition, ...], cite: str | None
    ) -> None:
        base = f"{name} {rail}"
        number = 1
        while (key := f"{base} {number:02d}") in self.rules:
            if self.rules[key].premises == premises:
                return
            number += 1
        self.rules[key] = Rule(key, premises, (name, rail), cite)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _closure(rules: Sequence[Rule], leaves_: dict[str, Leaf]) -> dict[str, tuple[str, ...]]:
    """For each concluded name: the leaves on which it rests, directly or not."""
    direct: dict[str, set[str]] = {}
    for rule in rules:
        bucket = direct.setdefault(rule.conclusion[0], set())
        bucket.update(name for name, _ in rule.premises)
    return {name: tuple(sorted(_reach(name, direct, leaves_))) for name in direct}


def _reach(name: str, direct: dict[str, set[str]], leaves_: dict[str, Leaf]) -> Iterator[str]:
    seen = {name}
    agenda = [name]
    while agenda:
        for below in direct.get(agenda.pop(), ()):
            if below in seen:
                continue
            seen.add(below)
            if below in leaves_:
                yield below
            else:
                agenda.append(below)
