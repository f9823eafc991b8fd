"""When a sender says that it made a set: BHT first, then the envelope; what is no date proves nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from priorwire.mapping import said_when
from priorwire.x12 import TransactionSet, read

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261201*0830*^*00501*000000001*0*T*:~"


def the_set(bht: str, group: str = "20261202*0915", interchange: str = ISA) -> TransactionSet:
    text = (
        f"{interchange}GS*HI*PAYER*CLINIC*{group}*1*X*005010X217~ST*278*0001*005010X217~{bht}HL*1**20*1~SE*4*0001~"
        "GE*1*1~IEA*1*000000001~"
    )
    (found,) = [event for event in read(text.encode()) if isinstance(event, TransactionSet)]
    return found


@pytest.mark.parametrize(
    ("bht", "at"),
    [
        ("BHT*0007*11*REF1*20261203*1415*18~", datetime(2026, 12, 3, 14, 15, tzinfo=UTC)),
        ("BHT*0007*11*REF1*20261203*141530*18~", datetime(2026, 12, 3, 14, 15, 30, tzinfo=UTC)),
        ("BHT*0007*11*REF1*20261203*14153099*18~", datetime(2026, 12, 3, 14, 15, 30, tzinfo=UTC)),
        ("BHT*0007*11*REF1*20261203~", datetime(2026, 12, 3, tzinfo=UTC)),
        ("BHT*0007*11*REF1*20261203*2561*18~", datetime(2026, 12, 3, tzinfo=UTC)),
        ("BHT*0007*11*REF1*20055002*1415*18~", datetime(2026, 12, 2, 9, 15, tzinfo=UTC)),
        ("BHT*0007*11*REF1*261203*1415*18~", datetime(2026, 12, 2, 9, 15, tzinfo=UTC)),
        ("", datetime(2026, 12, 2, 9, 15, tzinfo=UTC)),
    ],
)
def test_by_the_set_and_else_by_its_group(bht: str, at: datetime) -> None:
    assert said_when(the_set(bht)) == at


def test_by_the_interchange_where_the_group_has_no_date() -> None:
    assert said_when(the_set("", group="NODATE*0915")) == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


def test_no_date_at_all_is_none() -> None:
    assert said_when(the_set("", "NODATE*0915", ISA.replace("*261201*", "*999999*"))) is None
