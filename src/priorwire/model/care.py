"""What single lines of care add to a request for review: transport, oxygen, home health, teeth and the rest.

Numbers are `Decimal` and keep the unit that their field names; codes are those of the X12
dictionary where no plain word would be shorter or surer, and the field says which list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from priorwire.model.parties import Address
from priorwire.model.services import DateSpan, ProcedureCode


class RelatedCause(Enum):
    """What brought the condition about."""

    AUTO_ACCIDENT = "auto_accident"
    ANOTHER_PARTY = "another_party"
    EMPLOYMENT = "employment"


@dataclass(frozen=True, kw_only=True, repr=False)
class Accident:
    """An accident, or another cause that someone answers for."""

    causes: tuple[RelatedCause, ...] = ()
    on: date | None = None
    #: Two letters, and the country where it is not the United States: of an automobile accident only.
    state: str | None = None
    country: str | None = None


class ConditionCategory(Enum):
    """What a condition is stated for."""

    AMBULANCE = "ambulance"
    CHIROPRACTIC = "chiropractic"
    MEDICAL_EQUIPMENT = "medical_equipment"
    OXYGEN = "oxygen"
    FUNCTIONAL_LIMITATIONS = "functional_limitations"
    ACTIVITIES_PERMITTED = "activities_permitted"
    MENTAL_STATUS = "mental_status"


@dataclass(frozen=True, kw_only=True, repr=False)
class PatientCondition:
    """Conditions of one category that hold, or that do not."""

    category: ConditionCategory
    applies: bool = True
    #: One to five codes of list 1321, those that the category allows.
    codes: tuple[str, ...]


class TransportPlaceRole(Enum):
    """What a place is in a transport."""

    PICK_UP = "pick_up"
    DROP_OFF = "drop_off"
    NEXT = "next"
    NEXT_SCHEDULED = "next_scheduled"
    FINAL_SCHEDULED = "final_scheduled"


@dataclass(frozen=True, kw_only=True, repr=False)
class TransportPlace:
    """A place of a transport."""

    role: TransportPlaceRole
    name: str | None = None
    address: Address


class Trip(Enum):
    """Which way a transport goes."""

    INITIAL = "initial"
    RETURN = "return"
    TRANSFER = "transfer"
    ROUND_TRIP = "round_trip"


@dataclass(frozen=True, kw_only=True, repr=False)
class AmbulanceTransport:
    """A transport by ambulance and, with its places, where from and where to."""

    trip: Trip
    #: Code list 1317, ``A`` nearest facility … ``F``.
    reason: str | None = None
    weight_pounds: Decimal | None = None
    distance_miles: Decimal | None = None
    round_trip_purpose: str | None = None
    stretcher_purpose: str | None = None
    #: Up to five.
    places: tuple[TransportPlace, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class SpinalManipulation:
    """Chiropractic treatment of the spine."""

    #: Code list 1342: ``A`` acute, ``C`` chronic, ``M`` acute manifestation of a chronic condition …
    nature: str
    complication: bool = False
    treatment_number: int | None = None
    treatments_in_series: Decimal | None = None
    #: Levels of subluxation, code list 1367, e.g. ``C1``, ``L5``; `last_level` of a range.
    first_level: str | None = None
    last_level: str | None = None
    description: str | None = None
    further_description: str | None = None
    xrays_available: bool | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class OxygenTherapy:
    """Oxygen at home."""

    #: One to three codes of list 1348, e.g. ``A`` concentrator, ``D`` portable gaseous.
    equipment: tuple[str, ...]
    equipment_reason: str | None = None
    #: Litres a minute.
    flow_rate: Decimal
    #: Of the portable system, litres a minute.
    portable_flow_rate: Decimal | None = None
    uses_per_day: Decimal | None = None
    hours_per_use: Decimal | None = None
    orders: str | None = None
    #: Partial pressure in mmHg; saturation in percent.
    arterial_blood_gas: Decimal | None = None
    saturation: Decimal | None = None
    #: Code list 1349, e.g. ``R`` at rest.
    test_condition: str | None = None
    #: Up to three codes of list 1350.
    findings: tuple[str, ...] = ()
    #: Code list 1382, e.g. ``A`` nasal cannula.
    delivery_system: str


@dataclass(frozen=True, kw_only=True, repr=False)
class HomeHealthCare:
    """Care at home by an agency."""

    #: Code list 923, ``1`` poor … ``8``.
    prognosis: str
    started: date
    certification_period: DateSpan | None = None
    #: Code list 1322; absent says the same as the request's kind does.
    certification: str | None = None
    surgery_on: date | None = None
    surgery: ProcedureCode | None = None
    ordered_on: date | None = None
    last_visit_on: date | None = None
    physician_contact_on: date | None = None
    last_stay: DateSpan | None = None
    #: Where the patient came from, code list 1384.
    discharged_from: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Tooth:
    """A tooth, by the universal numbering system."""

    #: ``1`` to ``32``, ``A`` to ``T``, or a supernumerary number.
    number: str
    #: Up to five of ``B D F I L M O``.
    surfaces: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class DentalDetail:
    """What only a dental service has."""

    #: Areas of the oral cavity, code list 1361, up to five.
    oral_cavity: tuple[str, ...] = ()
    #: True where a prosthesis takes the place of an earlier one, False where it is the first.
    replacement: bool | None = None
    teeth: tuple[Tooth, ...] = ()
    description: str | None = None


class AttachmentWay(Enum):
    """How a document reaches the reviewer."""

    ON_REQUEST = "on_request"
    MAIL = "mail"
    #: In an X12 275 of its own.
    ELECTRONIC = "electronic"
    EMAIL = "email"
    FAX = "fax"
    VOICE = "voice"


@dataclass(frozen=True, kw_only=True, repr=False)
class Attachment:
    """A document that is announced, and sent where its content is given."""

    #: Report type, code list 755, e.g. ``RR`` radiology report, ``PN`` physical therapy notes.
    report_type: str
    way: AttachmentWay = AttachmentWay.ELECTRONIC
    #: Number that the document is found by; made by us where the practice gives none.
    control_number: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class OtherReview:
    """A denial by another review organization, where the patient has one before this payer."""

    #: NM101: ``00`` alternate insurer, ``CA`` carrier, ``GG`` intermediary.
    role: str
    organization: str
    #: One to four reasons, as that organization gave them.
    reasons: tuple[str, ...]
    on: date
