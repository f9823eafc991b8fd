"""Which guide a set is read with, whatever its sender wrote into ST03 and BHT02."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorwire.errors import GuideError
from priorwire.x12.guides import KINDS, Deviation, guide, guide_for, guides

QUESTION = frozenset({"ST", "BHT", "HL", "NM1", "UM", "SE"})
ANSWER = QUESTION | {"HCR"}
REJECTION = QUESTION | {"AAA"}

anything = st.text(max_size=12)
segment_ids = st.frozensets(st.sampled_from(["HL", "UM", "HCR", "AAA", "EB", "EQ", "ZZZ"]))


@given(transaction=anything, guide_id=anything, purpose=anything, ids=segment_ids)
def test_every_set_has_a_kind(transaction: str, guide_id: str, purpose: str, ids: frozenset[str]) -> None:
    chosen = guide_for(transaction, guide_id, purpose, ids)
    assert chosen.kind in KINDS
    assert (chosen.guide is None) == (chosen.kind in ("TA1", "other"))


@given(guide_id=anything, purpose=anything, ids=segment_ids)
def test_a_278_is_never_anything_else(guide_id: str, purpose: str, ids: frozenset[str]) -> None:
    chosen = guide_for("278", guide_id, purpose, ids)
    assert chosen.kind.startswith("278-")
    assert chosen.guide is not None
    assert chosen.guide.kind == chosen.kind


@given(transaction=st.sampled_from(["270", "271", "275", "999"]), guide_id=anything, purpose=anything, ids=segment_ids)
def test_st01_alone_decides_where_it_can(transaction: str, guide_id: str, purpose: str, ids: frozenset[str]) -> None:
    assert guide_for(transaction, guide_id, purpose, ids).kind == transaction


def test_what_a_guide_says_of_itself_is_chosen_without_a_word() -> None:
    for one in guides():
        for declared in (one.id, *one.also):
            for purpose in one.purposes or {"13"}:
                chosen = guide_for(one.transaction, declared, purpose, frozenset())
                assert (chosen.guide, chosen.kind, chosen.deviations) == (one, one.kind, ())


@pytest.mark.parametrize(
    ("guide_id", "purpose", "ids", "kind", "deviations"),
    [
        # The guide refines a word that several guides share.
        ("005010X217", "01", QUESTION, "278-request", ()),
        ("005010X216", "01", QUESTION, "278-notice", ()),
        ("005010X216", "11", REJECTION, "278-notice-ack", ()),
        ("005010X215", "13", QUESTION, "278-request", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        ("005010X215", "11", ANSWER, "278-response", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        # Elsewhere the purpose is believed.
        ("005010X217", "28", QUESTION, "278-inquiry", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        ("005010X217", "49", ANSWER, "278-inquiry-response", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        ("005010X217", "CN", QUESTION, "278-notice", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        ("005010X216", "13", QUESTION, "278-request", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        ("005010X216", "28", QUESTION, "278-inquiry", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        ("005010X215", "36", QUESTION, "278-request", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        ("005010X215", "22", QUESTION, "278-notice", (Deviation.GUIDE_CONTRADICTS_PURPOSE,)),
        # An acknowledgment repeats what was decided.
        ("005010X216", "11", ANSWER, "278-notice-ack", ()),
        # A decision in a question does not make it an answer.
        ("005010X217", "13", ANSWER, "278-request", (Deviation.ANSWER_IN_A_QUESTION,)),
        # Without a purpose to go by, the content tells.
        ("005010X217", "08", REJECTION, "278-response", (Deviation.PURPOSE_UNKNOWN,)),
        ("005010X217", "08", QUESTION, "278-request", (Deviation.PURPOSE_UNKNOWN,)),
        ("005010X215", "", ANSWER, "278-inquiry-response", (Deviation.PURPOSE_MISSING,)),
        ("005010X215", "ZZ", QUESTION, "278-inquiry", (Deviation.PURPOSE_UNKNOWN,)),
        ("005010X216", "", QUESTION, "278-notice", (Deviation.PURPOSE_MISSING,)),
        ("005010X216", "", REJECTION, "278-notice-ack", (Deviation.PURPOSE_MISSING,)),
        # Without a guide to go by, the purpose tells.
        ("", "13", QUESTION, "278-request", (Deviation.VERSION_MISSING,)),
        ("", "28", QUESTION, "278-inquiry", (Deviation.VERSION_MISSING,)),
        ("005010X279A1", "11", ANSWER, "278-response", (Deviation.GUIDE_OF_ANOTHER_TRANSACTION,)),
        ("004010X094A1", "11", ANSWER, "278-response", (Deviation.VERSION_UNSUPPORTED,)),
        ("005010X217E1", "13", QUESTION, "278-request", (Deviation.VERSION_UNSUPPORTED,)),
    ],
)
def test_a_278_is_routed_by_purpose_and_guide(
    guide_id: str, purpose: str, ids: frozenset[str], kind: str, deviations: tuple[Deviation, ...]
) -> None:
    chosen = guide_for("278", guide_id, purpose, ids)
    assert (chosen.kind, chosen.deviations) == (kind, deviations)


@pytest.mark.parametrize("source", ["X3", "PR", "2B", "36"])
def test_a_decision_of_one_who_decides_is_an_answer_under_the_wrong_guide_s_name(source: str) -> None:
    chosen = guide_for("278", "005010X216", "11", ANSWER, source)
    assert (chosen.kind, chosen.deviations) == ("278-response", (Deviation.GUIDE_CONTRADICTS_PURPOSE,))


@pytest.mark.parametrize("source", ["FA", "1P", "", "QQ"])
def test_a_decision_that_another_repeats_is_none(source: str) -> None:
    assert guide_for("278", "005010X216", "11", ANSWER, source).kind == "278-notice-ack"


@pytest.mark.parametrize(
    ("declared", "nearest"),
    [
        ("005010", "005010X211"),
        ("004050X151", "005010X211"),
        ("006020", "006020X316"),
        ("007030X1", "006020X316"),
        ("HIPAA", "006020X316"),
    ],
)
def test_a_275_of_another_version_is_read_with_the_nearest(declared: str, nearest: str) -> None:
    chosen = guide_for("275", declared, "", frozenset())
    assert chosen.guide is not None
    assert (chosen.guide.id, chosen.deviations) == (nearest, (Deviation.VERSION_UNSUPPORTED,))


def test_blanks_around_what_was_sent_do_not_matter() -> None:
    assert guide_for(" 278", "005010X217 ", " 11 ", ANSWER) == guide_for("278", "005010X217", "11", ANSWER)


def test_the_base_version_is_the_errata_s_guide() -> None:
    assert guide_for("271", "005010X279", "11", frozenset()).guide is guide("271")


def test_a_version_we_do_not_have_is_read_with_the_nearest_guide_without_its_demands() -> None:
    chosen = guide_for("271", "004010X092A1", "11", frozenset())
    assert chosen.deviations == (Deviation.VERSION_UNSUPPORTED,)
    assert chosen.guide is not None
    assert not chosen.guide.certain
    assert set(chosen.guide.loops) == set(guide("271").loops)


@pytest.mark.parametrize("edition", ["006020X316", "005010X211", "005010X210"])
def test_the_275_has_editions(edition: str) -> None:
    chosen = guide_for("275", edition, "", frozenset())
    assert chosen.guide is not None
    assert (chosen.guide.id, chosen.deviations) == (edition, ())


@pytest.mark.parametrize("transaction", ["276", "277", "837", "997", ""])
def test_other_transactions_have_no_guide(transaction: str) -> None:
    chosen = guide_for(transaction, "005010X212", "13", frozenset())
    assert (chosen.guide, chosen.kind, chosen.deviations) == (None, "other", ())


def test_a_ta1_is_a_ta1() -> None:
    assert guide_for("TA1", "", "", frozenset()).kind == "TA1"


@pytest.mark.parametrize("kind", ["other", "837"])
def test_asking_for_a_guide_that_is_not_there_is_a_fault(kind: str) -> None:
    with pytest.raises(GuideError, match="there are: 270"):
        guide(kind)
