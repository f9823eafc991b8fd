"""Every element that a guide's request may carry is reached by a field, or left out for a written reason."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from tests.docs import not_built
from tests.docs.request_elements_page import missing, reasons
from tests.docs.request_reach import guide_of, known, reach, tried


@pytest.mark.parametrize("guide_id", tried())
def test_what_is_not_sent_has_a_reason(guide_id: str) -> None:
    unexplained = []
    for each in missing(guide_id):
        told = reasons(guide_id, each)
        left = each.codes - told.keys() if each.codes else frozenset() if told else {"the element"}
        unexplained += [f"{each.path} {code}" for code in sorted(left)]
    assert unexplained == []


@pytest.mark.parametrize("guide_id", tried())
def test_no_reason_is_left_over(guide_id: str) -> None:
    left = list(missing(guide_id))
    whole = {each.path for each in left if not each.codes}
    idle = [place for place in not_built.ELEMENTS[guide_id] if not any(fnmatchcase(path, place) for path in whole)]
    for place, codes in not_built.CODES[guide_id]:
        unsent = {code for each in left if fnmatchcase(each.path, place) for code in each.codes}
        if not unsent & (unsent if codes == "*" else set(codes.split())):
            idle.append(f"{place} {codes}")
    assert idle == []


def test_a_reason_is_a_sentence() -> None:
    said = [why for table in (not_built.ELEMENTS, not_built.CODES) for each in table.values() for why in each.values()]
    assert all(why[0].isupper() and why.endswith(".") for why in said)


@pytest.mark.parametrize("guide_id", tried())
def test_what_is_sent_is_in_the_guide(guide_id: str) -> None:
    sent = {path for path, values in reach(guide_id).values.items() if values}
    beside = {path for path in sent if path.startswith(("ST/ST/", "ST/SE/"))}
    assert sent - beside - known(guide_of(guide_id)).keys() == set()
