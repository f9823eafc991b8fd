"""Our own opinion, in the words by which it is laid beside others."""

from __future__ import annotations

from priorwire.crosscheck import Finding, Spot, ours
from priorwire.x12 import ISSUE_CODES
from tests.unit.crosscheck.documents import KINDS, message


def test_right_messages_are_accepted() -> None:
    said = ours(message(*KINDS))
    assert (said.engine, said.accepted, said.sets, said.findings) == ("priorwire", True, len(KINDS), ())


def test_a_finding_is_an_issue_with_its_set_and_what_a_999_says() -> None:
    (found,) = ours(message("271", "278-request").replace(b"UM*HS", b"UM*ZZ")).findings
    assert found == Finding(
        spot=Spot(set=2, position=15, segment="UM", element=1),
        code="E7",
        says=ISSUE_CODES["E7"].says,
        reports="IK4 I6",
        level=2,
    )


def test_a_warning_does_not_refuse() -> None:
    said = ours(message("270").replace(b"SAMPLE*", b"SAMPLE *"))
    assert said.accepted
    assert [(each.code, each.is_error) for each in said.findings] == [("E15", False)]


def test_a_transaction_without_a_guide_is_said() -> None:
    said = ours(message("271").replace(b"ST*271", b"ST*835").replace(b"GS*HB", b"GS*HP"))
    assert [each.code for each in said.findings] == ["T8"]


def test_an_input_without_an_interchange_is_an_opinion() -> None:
    said = ours(b"no X12 here")
    assert (said.accepted, said.sets, said.stopped) == (False, 0, "RemoteX12Error")
