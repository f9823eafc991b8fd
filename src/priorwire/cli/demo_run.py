"""Playing the demo: start everything, play the stories, show what came of them, end everything."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from priorwire.cli.demo_processes import Processes, Watch
from priorwire.cli.demo_receiver import WebhookReceiver
from priorwire.cli.demo_screen import Links, Screen
from priorwire.cli.demo_stage import Stage
from priorwire.cli.demo_stories import Play, differences, load_stories
from priorwire.cli.exits import Exit
from priorwire.config import load_settings

#: Ctrl-C, a polite end, a closed terminal.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_demo(*, as_json: bool, keep: bool) -> int:
    """Play the stories; gives the exit code."""
    watch = Watch()
    with _stops(watch), ExitStack() as ending:
        began = time.monotonic()
        settings = load_settings()
        screen = Screen(load_stories(settings.sample_transactions))
        home = ending.enter_context(tempfile.TemporaryDirectory(prefix="priorwire-demo-", ignore_cleanup_errors=True))
        processes = ending.enter_context(Processes(Path(home), watch))
        stage = Stage(home=Path(home), processes=processes, companion_guides=settings.companion_guides)
        receiver = ending.enter_context(WebhookReceiver(stage.clock))
        with screen.live():
            screen.say("starting the simulated payers and the gateway")
            practice = ending.enter_context(stage.open())
            receiver.trust(practice.subscribe(receiver.url))
            play = Play(screen.stories, practice, stage.clock, watch, screen.tell)
            play.play()
        wrong = differences(play.runs, practice.payers_journal())
        totals = {"webhooks_delivered": receiver.delivered, "unmatched": practice.unmatched()}
        if as_json:
            sys.stdout.write(json.dumps({"stories": [run.row() for run in play.runs], **totals}) + "\n")
            sys.stdout.flush()
        else:
            screen.outcomes(play.runs, totals, time.monotonic() - began)
        screen.judge(wrong)
        screen.where_next(_links(stage, play) if keep else None)
        if keep:
            watch.stop.wait()
    return Exit.FAULT if wrong else Exit.WELL


def _links(stage: Stage, play: Play) -> Links:
    example = next((run.last["id"] for run in play.runs if run.last["kind"] == "authorization"), "")
    return Links(
        api=stage.gateway,
        simulator=stage.simulator,
        key=stage.key,
        home=stage.home,
        pids=stage.processes.pids(),
        example=example,
    )


@contextmanager
def _stops(watch: Watch) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask to stop, and what was started is ended in order; a second one does not disturb that."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        watch.stop.set()

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
