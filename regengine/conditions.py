"""The tiny language of conditions in law files: text in, a frozen tree out.

Grammar (keywords are lower case; ``#`` is not special)::

    expr       = conj { "or" conj }
    conj       = unary { "and" unary }
    unary      = "not" unary | "(" expr ")" | atom
    atom       = "regime" NAME                      a status under special law
               | "data" ["everywhere"] ("any" | "all") WORDS   elements involved for people in
                                                    scope, or for anybody at all
               | "kind" ("any") WORDS               kinds of incident
               | "media" "any" WORDS                electronic, paper, oral
               | "happened" EVENT                   the timeline holds the event
               | "answered" NAME                    counsel has drawn this conclusion, either way
               | "operates" "in" PLACE              does business there (PLACE may be "here")
               | "seat" "in" PLACE                  where the organisation's seat is
               | "established" "in" PLACE           has an establishment there
               | "main" "in" PLACE                  its main establishment in the Union is there
               | "affected" "in" PLACE              at least one person there
               | "owed" "(" IDS ")"                 any of these duties is required
               | "filed" "(" ID ["/" STAGE] ")"     a filing of it is on record
               | "notified" "(" ID ")" CMP NUMBER  people whom that notice reaches
               | "people" ["everywhere" | "in" PLACE] CMP NUMBER
               | "places" "in" PLACE CMP NUMBER     how many places there have people
               | "establishments" "in" PLACE CMP NUMBER
               | NAME CMP (WORD | NUMBER)           a fact or judgement and its value
               | NAME                               a named condition, fact or judgement
    WORDS      = "[" WORD { "," WORD } "]"
    CMP        = "=" | "!=" | "<" | "<=" | ">" | ">="

Parsed once, by recursive descent, with positions in errors; nothing is evaluated as
Python. ``!=`` and "not" mean the Kleene complement, so an unknown stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn

from regengine.truth import Truth, every, some

MAX_LENGTH = 2_000
MAX_DEPTH = 40

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d[\d_]*(?:\.\d+)?)(?![\w.-])"
    r"|(?P<word>[A-Za-z][A-Za-z0-9_.\-/]*|\*)"
    r"|(?P<symbol><=|>=|!=|[=<>()\[\],|]))"
)
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_WHERE = ("operates", "seat", "established", "main", "affected")


class ConditionError(ValueError):
    """A condition that does not follow the grammar; names the column."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One question that facts alone decide; ``text`` is its canonical spelling.

    ``kind`` names which question (``regime``, ``data``, ``people``, ``fact``, ...),
    ``subject`` what it is about, ``operator`` and ``value`` the comparison.
    """

    kind: str
    subject: str = ""
    operator: str = ""
    value: str | float | None = None
    words: tuple[str, ...] = ()
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Name:
    """A named condition of the same law file, or another duty (``owed``)."""

    kind: str  # "name" | "owed"
    name: str

    def __str__(self) -> str:
        return self.name if self.kind == "name" else f"owed({self.name})"


@dataclass(frozen=True, slots=True)
class Not:
    """The Kleene complement."""

    term: Condition

    def __str__(self) -> str:
        return f"not {_wrap(self.term)}"


@dataclass(frozen=True, slots=True)
class All:
    """Every term; true for none."""

    terms: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(_wrap(term) for term in self.terms) or "true"


@dataclass(frozen=True, slots=True)
class Any:
    """At least one term; false for none."""

    terms: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(_wrap(term) for term in self.terms) or "false"


Condition = Atom | Name | Not | All | Any


def _wrap(term: Condition) -> str:
    return f"({term})" if isinstance(term, All | Any) and len(term.terms) > 1 else str(term)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str
    column: int


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        message = f"a condition has at most {MAX_LENGTH} characters, found {len(text)}"
        raise ConditionError(message)
    found: list[_Token] = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            rest = stripped[position:].lstrip()
            column = len(stripped) - len(rest) + 1
            message = f"column {column} of {text!r}: unexpected character {rest[0]!r}"
            raise ConditionError(message)
        kind = match.lastgroup or "symbol"
        found.append(_Token(match.group(kind), kind, match.start(kind) + 1))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def parse(self) -> Condition:
        if not self.tokens:
            message = "an empty condition"
            raise ConditionError(message)
        tree = self._expr()
        if self.at < len(self.tokens):
            self._fail(f"unexpected {self._peek()!r} after the condition")
        return tree

    # -- tokens -----------------------------------------------------------------

    def _peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index].text if index < len(self.tokens) else ""

    def _take(self, *allowed: str) -> str:
        text = self._peek()
        if not text or (allowed and text not in allowed):
            wanted = " or ".join(f'"{word}"' for word in allowed) or "a word"
            self._fail(f"expected {wanted}, found {text or 'the end'!r}")
        self.at += 1
        return text

    def _word(self) -> str:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or token.kind != "word":
            self._fail(f"expected a word, found {self._peek() or 'the end'!r}")
        return self._take()

    def _number(self) -> float:
        text = self._take().replace("_", "")
        try:
            return float(text)
        except ValueError:
            self.at -= 1
            self._fail(f"expected a number, found {text!r}")

    def _fail(self, message: str) -> NoReturn:
        end = len(self.text) + 1
        column = self.tokens[self.at].column if self.at < len(self.tokens) else end
        where = f"column {column} of {self.text!r}: {message}"
        raise ConditionError(where)

    # -- grammar ----------------------------------------------------------------

    def _expr(self) -> Condition:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail(f"nested deeper than {MAX_DEPTH}")
        terms = [self._conj()]
        while self._peek() == "or":
            self._take()
            terms.append(self._conj())
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Any(tuple(terms))

    def _conj(self) -> Condition:
        terms = [self._unary()]
        while self._peek() == "and":
            self._take()
            terms.append(self._unary())
        return terms[0] if len(terms) == 1 else All(tuple(terms))

    def _unary(self) -> Condition:
        if self._peek() == "not":
            self._take()
            self.depth += 1
            if self.depth > MAX_DEPTH:
                self._fail(f"nested deeper than {MAX_DEPTH}")
            term = self._unary()
            self.depth -= 1
            return Not(term)
        if self._peek() == "(":
            self._take()
            inner = self._expr()
            self._take(")")
            return inner
        return self._atom()

    def _atom(self) -> Condition:
        word = self._word()
        follows = self._peek()
        if word in ("regime", "happened", "answered"):
            name = self._word()
            return Atom(word, name, text=f"{word} {name}")
        if word in ("data", "kind", "media") and follows in ("any", "all", "everywhere"):
            return self._membership(word)
        if word in _WHERE and follows == "in":
            self._take("in")
            place = self._word()
            return Atom(word, place, text=f"{word} in {place}")
        if word in ("owed", "filed", "notified") and follows == "(":
            return self._reference(word)
        if word in ("people", "places", "establishments"):
            return self._count(word)
        return self._comparison(word) if follows in _COMPARISONS else Name("name", word)

    def _membership(self, kind: str) -> Condition:
        scope = self._take() if kind == "data" and self._peek() == "everywhere" else ""
        mode = self._take("any", "all")
        words = self._words()
        text = f"{kind} {scope and scope + ' '}{mode} [{', '.join(words)}]"
        return Atom(kind, mode, scope, words=words, text=text)

    def _words(self) -> tuple[str, ...]:
        self._take("[")
        words = [self._word()]
        while self._peek() == ",":
            self._take()
            words.append(self._word())
        self._take("]")
        return tuple(words)

    def _reference(self, word: str) -> Condition:
        self._take("(")
        names = [self._word()]
        while self._peek() == "|":
            self._take()
            names.append(self._word())
        self._take(")")
        if word == "filed":
            text = f"filed({' | '.join(names)})"
            return Atom("filed", words=tuple(names), text=text)
        if word == "owed":
            duties = tuple(Name("owed", name) for name in names)
            return duties[0] if len(duties) == 1 else Any(duties)
        if len(names) > 1:
            self._fail("notified(...) takes one obligation")
        operator, number = self._take(*_COMPARISONS), self._number()
        # People are notified by a duty that is owed and reaches that many of them.
        return All((Name("owed", names[0]), _reach(names[0], operator, number)))

    def _count(self, word: str) -> Condition:
        scope = "here"
        if self._peek() == "everywhere":
            scope = self._take()
        elif self._peek() == "in":
            self._take()
            scope = self._word()
        operator, number = self._take(*_COMPARISONS), self._number()
        where = {"here": "", "everywhere": " everywhere"}.get(scope, f" in {scope}")
        text = f"{word}{where} {operator} {number:.10g}"
        return Atom(word, scope, operator, number, text=text)

    def _comparison(self, name: str) -> Condition:
        operator = self._take(*_COMPARISONS)
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        value: str | float
        if token is not None and token.kind == "number":
            value = self._number()
            shown = f"{value:.10g}"
        else:
            value = shown = self._word()
        text = f"{name} {operator} {shown}"
        return Atom("fact", name, operator, value, text=text)


def _reach(name: str, operator: str, number: float) -> Atom:
    text = f"people reached by {name} {operator} {number:.10g}"
    return Atom("reach", name, operator, number, text=text)


@lru_cache(maxsize=8192)
def parse(text: str) -> Condition:
    """Parse one condition into a tree.

    >>> print(parse("not incident.good_faith and people >= 500"))
    not incident.good_faith and people >= 500
    >>> parse("people >> 5")
    Traceback (most recent call last):
    ...
    regengine.conditions.ConditionError: column 9 of 'people >> 5': expected a number, found '>'
    """
    return _Parser(text).parse()


def fold(tree: Condition, decide: Callable[[Atom | Name], Truth]) -> Truth:
    """Evaluate a condition, given how its atoms and names are decided.

    >>> fold(parse("not incident.lost or people > 1"), lambda _: Truth.FALSE)
    Truth.TRUE
    """
    if isinstance(tree, Not):
        return ~fold(tree.term, decide)
    if isinstance(tree, All):
        return every(fold(term, decide) for term in tree.terms)
    if isinstance(tree, Any):
        return some(fold(term, decide) for term in tree.terms)
    return decide(tree)


def leaves(tree: Condition) -> list[Atom | Name]:
    """List the atoms and names of a condition, first to last, each once.

    >>> [str(leaf) for leaf in leaves(parse("breach and (breach or people > 1)"))]
    ['breach', 'people > 1']
    """
    found: dict[Atom | Name, None] = {}
    stack: list[Condition] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Atom | Name):
            found.setdefault(node)
        elif isinstance(node, Not):
            stack.append(node.term)
        else:
            stack.extend(reversed(node.terms))
    return list(found)
