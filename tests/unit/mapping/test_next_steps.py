"""What a biller is told to do about a rejection reads as a sentence, whatever the reason and the action are."""

from __future__ import annotations

import re

import pytest

from priorwire.mapping import codes
from priorwire.mapping.next_steps import next_step
from priorwire.model.authorization import Follow


@pytest.mark.parametrize("reason", codes.REJECTION)
@pytest.mark.parametrize("follow", Follow)
def test_a_step_is_whole_sentences(reason: str, follow: Follow) -> None:
    said = next_step(reason, follow)
    assert said is not None
    assert re.fullmatch(r"[A-Z][^{}]*\.", said)
    assert not re.search(
        r"(Correct|Name) (what|who|whether)\b|which is missing and|, (who|which) [^;.]* and send", said
    )


@pytest.mark.parametrize("reason", codes.REJECTION)
def test_only_what_may_be_sent_again_is_said_to_be_sent_again(reason: str) -> None:
    for follow in (Follow.DO_NOT_RESUBMIT, Follow.AWAIT_RESPONSE, Follow.AWAIT_THIRD_PARTY):
        assert (next_step(reason, follow) or "").startswith("Do not send it again")


@pytest.mark.parametrize(
    ("reason", "step"),
    [
        ("72", "Correct the member id and send again."),
        ("35", "Choose a provider in the network, or ask the payer for an exception; then send again."),
        ("AE", "Have the primary care provider authorize it; then send again."),
        ("MA", "Add the authorization number; then send again."),
        ("80", "Nothing is wrong with the request: send it again later."),
        ("ZX", "Correct what the payer names and send again."),
    ],
)
def test_what_to_correct_fits_the_reason(reason: str, step: str) -> None:
    assert next_step(reason, Follow.CORRECT_AND_RESUBMIT) == step
