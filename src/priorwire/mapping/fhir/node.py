"""A document being read: places in it, what was read of them, what is wrong with them.

A `Node` is one place, there or not. Every value that is taken out of it is remembered, so that
at the end what nobody read can be told: nothing of a bundle is dropped in silence. What is wrong
is collected with its place, so that a sender gets all faults at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from priorwire.errors import Fault, InvalidRequest
from priorwire.mapping.fhir import systems
from priorwire.mapping.fhir.loss import Loss

T = TypeVar("T")
Path = tuple[str | int, ...]

#: What names a thing and says nothing of it: no loss where nobody reads it.
_NAMES = frozenset({"resourceType", "id", "meta", "fullUrl"})
_DAY = 10
#: Digits before or behind the point: X12 carries 15.
_LONGEST = 18
#: How far documents are nested: PAS's own are at ten or so.
_DEEPEST = 60


def expression(root: str, path: Path) -> str:
    """A place as FHIRPath: ``Bundle.entry[0].resource.item[1].quantity``."""
    return root + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


class Document:
    """A bundle or a resource being read."""

    def __init__(self, value: object) -> None:
        is_deep = _deeper_than(value, _DEEPEST)
        value = None if is_deep else value
        self._value = value
        self.root = Node(self, value, ())
        self.faults: list[Fault] = []
        if is_deep:
            self.fault(self.root, "depth", f"Nested more than {_DEEPEST} deep.")
        self.losses: list[Loss] = []
        self._read: set[Path] = set()
        self._by_url: dict[str, Node] = {}

    @property
    def kind(self) -> str:
        """The type of the outermost resource, for paths."""
        kind = self._value.get("resourceType") if isinstance(self._value, dict) else None
        return kind if isinstance(kind, str) and kind.isalpha() else "Resource"

    def mark(self, path: Path) -> None:
        """What stands at and below `path` has been read."""
        self._read.add(path)

    def fault(self, node: Node, code: str, detail: str) -> None:
        """Something is wrong at a place."""
        self.faults.append(Fault(pointer=expression(self.kind, node.path), code=code, detail=detail))

    def lost(self, node: Node, code: str, says: str) -> None:
        """What stands at a place has been seen, and does not come over as it is."""
        node.seen()
        loss = Loss(path=expression(self.kind, node.path), code=code, says=says)
        if loss not in self.losses:
            self.losses.append(loss)

    def index(self) -> None:
        """Make references of a bundle's entries, and of what a resource contains, resolvable."""
        for entry in self.root["entry"].each():
            resource = entry["resource"]
            for name in (entry["fullUrl"].peek(), _local(resource)):
                if isinstance(name, str) and resource:
                    self._by_url.setdefault(name, resource)
        for inner in self.root["contained"].each():
            self._by_url.setdefault(f"#{inner['id'].peek()}", inner)

    def resolved(self, reference: str) -> Node | None:
        """The resource that a reference names, in this document."""
        exact = self._by_url.get(reference)
        # A relative reference beside absolute names, or the other way round: type and id decide.
        return exact or self._by_url.get("/".join(reference.split("/")[-2:]))

    def finish(self) -> tuple[Loss, ...]:
        """All losses, those that nobody read among them.

        Raises:
            InvalidRequest: there are faults; all of them.
        """
        unread = list(self._unread((), self._value))
        for path in unread:
            if "modifierExtension" in path:
                at = path[: path.index("modifierExtension") + 1]
                self.fault(
                    Node(self, None, at), "unknown_modifier", "It may change the meaning, and is not known here."
                )
        if self.faults:
            raise InvalidRequest(tuple(self.faults))
        says = "Not used: a request, a reply or a coverage of ours has no place for it."
        told = [Loss(path=expression(self.kind, path), code="not_read", says=says) for path in unread]
        return (*self.losses, *told)

    def _unread(self, path: Path, value: object) -> Iterator[Path]:
        """The outermost places of which nothing was read."""
        if path in self._read or (path and path[-1] in _NAMES):
            return
        inner: Iterable[tuple[str | int, object]] = ()
        if isinstance(value, Mapping):
            inner = ((key, part) for key, part in value.items() if not _only_shown(value, key))
        elif isinstance(value, list):
            inner = enumerate(value)
        elif value is not None:
            yield path
            return
        below = [each for key, part in inner for each in self._unread((*path, key), part)]
        if below and path and not self._touched(path):
            yield path
        else:
            yield from below

    def _touched(self, path: Path) -> bool:
        return any(read[: len(path)] == path for read in self._read)


def _deeper_than(value: object, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            part
            for each in level
            if isinstance(each, dict | list)
            for part in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _only_shown(holder: Mapping[str, object], key: str) -> bool:
    """What shows a code or a reference to people, and a narrative that was made of the data beside it."""
    if key in ("display", "userSelected"):
        return "code" in holder or "reference" in holder
    narrative = holder.get("text")
    return key == "text" and isinstance(narrative, dict) and narrative.get("status") == "generated"


def _local(resource: Node) -> str | None:
    kind, name = resource["resourceType"].peek(), resource["id"].peek()
    return f"{kind}/{name}" if isinstance(kind, str) and isinstance(name, str) else None


class Node:
    """One place of a document, there or not."""

    def __init__(self, document: Document, value: object, path: Path) -> None:
        self._document = document
        self._value = value
        self.path = path

    def __bool__(self) -> bool:
        return self._value is not None

    def __getitem__(self, key: str) -> Node:
        inner = self._value.get(key) if isinstance(self._value, dict) else None
        return Node(self._document, inner, (*self.path, key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def peek(self) -> object:
        """The value, without counting as read."""
        return self._value

    def word(self) -> str | None:
        """The value where it is a text, without counting as read."""
        return self._value if isinstance(self._value, str) else None

    def count(self) -> int | None:
        """The value where it is a whole number, without counting as read."""
        return self._value if isinstance(self._value, int) and not isinstance(self._value, bool) else None

    def seen(self) -> None:
        """What stands here has been dealt with."""
        self._document.mark(self.path)

    def fault(self, code: str, detail: str) -> None:
        """Something is wrong here."""
        self._document.fault(self, code, detail)

    def lost(self, code: str, says: str) -> None:
        """This does not come over as it is."""
        self._document.lost(self, code, says)

    def each(self) -> list[Node]:
        """The elements of a list."""
        if self._value is None:
            return []
        if not isinstance(self._value, list):
            self.fault("type", "A list belongs here.")
            return []
        return [Node(self._document, part, (*self.path, index)) for index, part in enumerate(self._value)]

    def first(self) -> Node:
        """The first element of a list; a place that is not there where there is none."""
        return next(iter(self.each()), Node(self._document, None, (*self.path, 0)))

    # --- plain values -------------------------------------------------------------------------------------------

    def text(self) -> str | None:
        """A text that says something."""
        found = self._typed(str, "A text belongs here.")
        return found.strip() or None if found else None

    def flag(self) -> bool | None:
        """True or false."""
        return self._typed(bool, "'true' or 'false' belongs here.")

    def whole(self) -> int | None:
        """A number without a fraction."""
        value = self.number()
        if value is not None and value != value.to_integral_value():
            self.fault("type", "A whole number belongs here.")
            return None
        return int(value) if value is not None else None

    def number(self) -> Decimal | None:
        """A number."""
        if self._value is None:
            return None
        self.seen()
        if isinstance(self._value, bool) or not isinstance(self._value, int | float | Decimal):
            self.fault("type", "A number belongs here.")
            return None
        value = Decimal(str(self._value))
        if not value.is_finite() or abs(value.adjusted()) > _LONGEST:
            self.fault("type", "A number belongs here.")
            return None
        return value

    def day(self) -> date | None:
        """A whole date; of a moment, its day."""
        text = self.text()
        if text is None:
            return None
        try:
            return date.fromisoformat(text[:_DAY])
        except ValueError:
            self.fault("date", "A whole date belongs here: YYYY-MM-DD.")
            return None

    def _typed(self, kind: type[T], detail: str) -> T | None:
        if self._value is None:
            return None
        self.seen()
        if not isinstance(self._value, kind):
            self.fault("type", detail)
            return None
        return self._value

    # --- pieces of FHIR -----------------------------------------------------------------------------------------

    def extensions(self, url: str) -> list[Node]:
        """The extensions of that name."""
        found = [each for each in self["extension"].each() if each["url"].peek() == url]
        for each in found:
            each["url"].seen()
        return found

    def extension(self, url: str) -> Node:
        """The first extension of that name; a place that is not there where there is none."""
        found = self.extensions(url)
        return found[0] if found else Node(self._document, None, (*self.path, "extension", url))

    def code(self, *known: str) -> str | None:
        """The code of a concept in one of the systems (any system where none is named)."""
        found = self.coded(*known)
        return found[1] if found else None

    def coded(self, *known: str) -> tuple[str, str] | None:
        """System and code of the first coding in one of the systems. The concept counts as read as a whole."""
        for each in self["coding"].each():
            system, code = each["system"].peek(), each["code"].peek()
            name = systems.SAME_AS.get(system, system) if isinstance(system, str) else ""
            if isinstance(code, str) and code.strip() and (not known or name in known):
                # Other codings are the same concept in other words, and so is the text.
                self["coding"].seen()
                self["text"].seen()
                return str(name), code.strip()
        if self.is_absent():
            self.seen()
        return None

    def one_of(self, table: Mapping[str, T], *known: str) -> T | None:
        """The word of a concept's code. A code that the table does not have stays unread, and so is told."""
        for each in self["coding"].each():
            code = each["code"].peek()
            if isinstance(code, str) and code in table and self.coded(*known) is not None:
                self["coding"].seen()
                self["text"].seen()
                return table[code]
        if self.is_absent():
            self.seen()
        return None

    def is_absent(self) -> bool:
        """Whether it is said that the value is not known."""
        return any(each["url"].peek() == systems.ABSENT for each in self["extension"].each())

    def target(self) -> Node | None:
        """The resource that a reference names, in this document; it counts as read."""
        reference = self["reference"].peek()
        if not isinstance(reference, str):
            return None
        self.seen()
        return self._document.resolved(reference)

    def needed(self) -> Node | None:
        """The resource that a reference names; a fault where it is not here."""
        found = self.target()
        if found is None:
            self.fault("unresolved_reference", "The resource that belongs here is not in the bundle.")
        return found

    @property
    def kind(self) -> str | None:
        """The type of a resource."""
        kind = self["resourceType"].peek()
        return kind if isinstance(kind, str) else None
