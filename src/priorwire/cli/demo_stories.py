"""The ten stories: how each is played through the API, and whether it ended as its folder expects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from priorwire.cli.demo_client import Practice, View, answers_in, moment, sets_in, x12_of
from priorwire.cli.demo_processes import DemoFailed, Watch
from priorwire.clock import OffsetClock

#: Told of a story, by its number from 0: what it does or has just done, and how many of its steps are done.
Tell = Callable[[int, str, int], None]
#: Values that a payer or we make up in each run: only whether they are there can be compared.
_MADE_UP = frozenset({"authorization_number", "administrative_reference", "previous_authorization_number", "reference"})
#: The stories that the demo plays, by the number of their folder; the others are for the tests and for readers.
_SHOWN = frozenset(f"{number:02}" for number in range(1, 11))
#: How a review that is polled goes on, by story: how long the clock is moved, in words and as a duration.
_LATER = {
    "04-pended-then-approved": (("4½ hours", timedelta(hours=4, minutes=30)), ("2 days", timedelta(days=2))),
    "08-connection-dropped": (("100 seconds", timedelta(seconds=100)),),
}


@dataclass(frozen=True, kw_only=True)
class Story:
    """A folder of `sample_transactions/`."""

    folder: Path
    title: str
    #: One sentence: what it shows.
    shows: str
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the folder, which is the story's id."""
        return self.folder.name

    @property
    def kind(self) -> str:
        """``eligibility`` or ``authorization``."""
        return str(self.expected["outcome"]["kind"])

    @property
    def steps(self) -> int:
        """How many things are to happen in it, one after the other."""
        others = [self.has("corrected.json"), self.has("completion.json")]
        others.append(self.expected["outcome"]["channel"] == "efax")  # the carrier's report
        return 1 + sum(others) + len(_LATER.get(self.name, ()))

    def json(self, name: str) -> dict[str, Any]:
        """A JSON file of the folder."""
        content: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return content

    def has(self, name: str) -> bool:
        """Whether the folder holds a file of that name."""
        return (self.folder / name).is_file()


@dataclass(kw_only=True)
class Run:
    """A story being played."""

    story: Story
    #: The transactions it made, oldest first, each as last read.
    views: list[View] = field(default_factory=list)
    #: What happened, in a few words each.
    steps: list[str] = field(default_factory=list)

    @property
    def last(self) -> View:
        """The submission that counts."""
        return self.views[-1]

    def sets(self, direction: str) -> int:
        """How many X12 transaction sets went ``out`` or came ``in``."""
        return sum(len(sets_in(x12_of(view, direction))) for view in self.views)

    def row(self) -> dict[str, Any]:
        """The story's line in the table of outcomes."""
        record = self.last["record"] or {}
        return {
            "story": self.story.name,
            "kind": self.last["kind"],
            "status": self.last["status"],
            "authorization_number": record.get("authorization_number"),
            "administrative_reference": record.get("administrative_reference"),
            "channel": self.last["route"]["channel"],
            "evidence": self.last["evidence"],
            "outbound_sets": self.sets("out"),
            "inbound_sets": self.sets("in"),
        }


def load_stories(root: Path) -> list[Story]:
    """The stories of the demo, in order.

    Raises:
        DemoFailed: there is none.
    """
    present = root.iterdir() if root.is_dir() else ()
    folders = sorted(each for each in present if each.name[:2] in _SHOWN and (each / "request.json").is_file())
    if not folders:
        raise DemoFailed(f"There are no stories in {root}: is PRIORWIRE_SAMPLE_TRANSACTIONS right?")
    return [_story(each) for each in folders]


def _story(folder: Path) -> Story:
    lines = [line.strip() for line in (folder / "README.md").read_text(encoding="utf-8").splitlines() if line.strip()]
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return Story(folder=folder, title=lines[0].removeprefix("# "), shows=lines[1], expected=expected)


class Play:
    """Plays every story, each step as soon as the clock allows it."""

    def __init__(
        self, stories: Sequence[Story], practice: Practice, clock: OffsetClock, watch: Watch, tell: Tell
    ) -> None:
        self.runs = [Run(story=story) for story in stories]
        self._practice = practice
        self._clock = clock
        self._watch = watch
        self._tell = tell

    def play(self) -> None:
        """Play them.

        Raises:
            DemoFailed: something that a story waits for did not happen in time.
        """
        for number, run in enumerate(self.runs):
            self._submit(number, run, "request.json")
            if run.story.has("corrected.json"):
                self._submit(number, run, "corrected.json")
            if run.story.has("completion.json"):
                self._complete(number, run)
        for number, run in enumerate(self.runs):
            if run.last["route"]["channel"] == "efax":
                self._await_carrier(number, run)
        self._wait_for_reviews()
        self._settle()
        for run in self.runs:
            run.views = [self._practice.read(view, "x12", "sources") for view in run.views]

    def _submit(self, number: int, run: Run, file: str) -> None:
        request = run.story.json(file)
        if run.views:
            request["corrects"] = run.last["id"]
        self._tell(number, "sending" if not run.views else "correcting and sending again", len(run.steps))
        view = self._practice.submit(run.story.kind, request, f"demo-{run.story.name}-{len(run.views)}")
        run.views.append(view)
        self._note(number, run, _said(view) if len(run.views) == 1 else f"corrected and sent again; {_said(view)}")

    def _complete(self, number: int, run: Run) -> None:
        self._tell(number, "a person types it into the portal", len(run.steps))
        completion = run.story.json("completion.json")
        document = run.story.folder / "confirmation.pdf"
        run.views[-1] = self._practice.complete(run.last, completion, document)
        self._note(number, run, f"a person did it and attached the confirmation: {_word(run.last)}")

    def _await_carrier(self, number: int, run: Run) -> None:
        def is_confirmed() -> bool:
            run.views[-1] = self._practice.read(run.last)
            return str(run.last["evidence"]) == "carrier_accepted"

        self._tell(number, "waiting for the fax carrier's report", len(run.steps))
        self._watch.until(is_confirmed, "the fax carrier to confirm the fax")
        self._note(number, run, "the carrier confirmed it")

    def _wait_for_reviews(self) -> None:
        """Move the clock to each moment at which a review is looked at, and wait until that is done."""
        waiting = [
            (by, words, number) for number, run in enumerate(self.runs) for words, by in _LATER.get(run.story.name, ())
        ]
        for by, words, number in sorted(waiting):
            run = self.runs[number]
            answers = len(answers_in(self._practice.read(run.last, "x12")))
            self._settle()
            self._tell(number, f"{words} pass", len(run.steps))
            self._clock.advance(by)
            self._watch.until(partial(self._was_answered, run, answers), "the payer to be asked again")
            self._note(number, run, f"{words} later the payer is asked: {_word(run.last)}")

    def _was_answered(self, run: Run, before: int) -> bool:
        """Whether one more answer came than there were before, and was read: the row is saved after it was archived."""
        run.views[-1] = view = self._practice.read(run.last, "x12")
        answers = answers_in(view)
        return len(answers) > before and moment(view["updated_at"]) >= moment(answers[-1]["at"])

    def _settle(self) -> None:
        """Every webhook has arrived: nobody is under way while the clock is moved."""
        self._watch.until(lambda: self._practice.undelivered() == 0, "the webhooks to arrive")

    def _note(self, number: int, run: Run, words: str) -> None:
        run.steps.append(words)
        self._tell(number, words, len(run.steps))


def _said(view: View) -> str:
    """What a submission came to, in words."""
    if view["delivery"] == "uncertain":
        return "the connection broke: it may have arrived"
    if view["route"]["channel"] == "efax":
        return "faxed"
    if view["route"]["channel"] == "portal":
        return "a work item was opened"
    if view.get("authorization_required") == "yes":
        return "active; an authorization is required"
    return f"answered at once: {_word(view)}"


def _word(view: View) -> str:
    return str(view["status"]).replace("_", " ")


# ---------------------------------------------------------------- is it as expected?


def differences(runs: Sequence[Run], journal: Sequence[dict[str, Any]]) -> list[str]:
    """Everything that is not as the stories' folders expect, or that the payers saw otherwise; a sentence each."""
    found = [each for run in runs for each in _of_outcome(run)]
    return found + list(_of_journal(runs, journal))


def _of_outcome(run: Run) -> Iterator[str]:
    expected = run.story.expected
    row = run.row()
    for name, wanted in expected["outcome"].items():
        if _comparable(name, row[name]) != _comparable(name, wanted):
            yield f"{run.story.name}: {name} should be {wanted!r} and is {row[name]!r}"
    for path in _differing(_masked(run.last["record"]), _masked(expected["record"]), "record"):
        yield f"{run.story.name}: {path} differs from expected.json"


def _comparable(name: str, value: object) -> object:
    return value is not None if name in _MADE_UP else value


def _masked(value: Any, name: str = "") -> Any:
    """A record without what is made up anew in each run."""
    if isinstance(value, dict):
        return {
            key: _masked(each, "reference" if name == "traces" and key == "number" else key)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_masked(each, name) for each in value]
    return _comparable(name, value)


def _differing(found: Any, wanted: Any, path: str) -> Iterator[str]:
    """Paths at which two values differ, each as deep as it can be told."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for name in sorted({*found, *wanted}):
            yield from _differing(found.get(name), wanted.get(name), f"{path}.{name}")
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for number, (each, other) in enumerate(zip(found, wanted, strict=True)):
            yield from _differing(each, other, f"{path}[{number}]")
    elif found != wanted:
        yield path


def _of_journal(runs: Sequence[Run], journal: Sequence[dict[str, Any]]) -> Iterator[str]:
    """No payer was ever asked for the same review twice, and none for a review that we know nothing of."""
    asked = [entry for entry in journal if entry["kind"] == "278-request"]
    ours = {reference: run.story.name for run in runs for reference in _requests_of(run)}
    for reference, story in ours.items():
        reached = sum(entry["reference"] == reference for entry in asked)
        if reached != 1:
            yield f"{story}: the payer's journal shows {reached} requests for review where there must be exactly one"
    strays = sum(entry["reference"] not in ours for entry in asked)
    if strays:
        yield f"The payers' journal shows {strays} requests for review that no story sent."


def _requests_of(run: Run) -> Iterator[str]:
    """The references (BHT03) of the 278 requests that a story sent."""
    for view in run.views:
        for each in sets_in(x12_of(view, "out")):
            header = each.segments[1]
            if each.transaction == "278" and header.element(2) == "13":
                yield header.element(3)
