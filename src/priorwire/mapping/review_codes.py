"""The code tables of what a reply to a review repeats and asks for: codes in X12, and our words.

The rules for editing are those of `priorwire.mapping.codes`.
"""

from __future__ import annotations

from collections.abc import Mapping

from priorwire.model.authorization import DiagnosisKind, ReplyPurpose, RequestKind, ReviewCategory, Urgency
from priorwire.model.care import AttachmentWay
from priorwire.model.services import Interval

#: BHT02 of what answers or informs. ``11`` is an acknowledgment where the set is one of notices.
PURPOSE: Mapping[str, ReplyPurpose] = {
    "11": ReplyPurpose.RESPONSE,
    "49": ReplyPurpose.INQUIRY_ANSWER,
    "CN": ReplyPurpose.NOTICE,
    "14": ReplyPurpose.NOTICE,
    "22": ReplyPurpose.NOTICE,
    "01": ReplyPurpose.NOTICE,
}

#: UM01.
CATEGORY: Mapping[str, str] = {
    "AR": ReviewCategory.ADMISSION.value,
    "HS": ReviewCategory.HEALTH_SERVICES.value,
    "SC": ReviewCategory.SPECIALTY_CARE.value,
    "IN": ReviewCategory.RESERVATION.value,
}

#: UM02.
KIND: Mapping[str, str] = {
    "I": RequestKind.INITIAL.value,
    "1": RequestKind.APPEAL_IMMEDIATE.value,
    "2": RequestKind.APPEAL_STANDARD.value,
    "3": RequestKind.CANCEL.value,
    "4": RequestKind.EXTENSION.value,
    "N": RequestKind.RECONSIDERATION.value,
    "R": RequestKind.RENEWAL.value,
    "S": RequestKind.REVISED.value,
}

#: UM06.
URGENCY: Mapping[str, str] = {
    "03": Urgency.EMERGENCY.value,
    "U": Urgency.URGENT.value,
    "E": Urgency.ELECTIVE.value,
}

#: The first component of HI: ICD-10, and ICD-9 without the A.
DIAGNOSIS: Mapping[str, str] = {
    "ABK": DiagnosisKind.PRINCIPAL.value,
    "BK": DiagnosisKind.PRINCIPAL.value,
    "ABJ": DiagnosisKind.ADMITTING.value,
    "BJ": DiagnosisKind.ADMITTING.value,
    "ABF": DiagnosisKind.OTHER.value,
    "BF": DiagnosisKind.OTHER.value,
    "APR": DiagnosisKind.REASON_FOR_VISIT.value,
    "PR": DiagnosisKind.REASON_FOR_VISIT.value,
    "DR": DiagnosisKind.DRG.value,
}

#: The first component of HI that asks for information instead of naming a diagnosis.
QUESTION = "LOI"

#: DTP01 of a date that has no field of its own.
DATE: Mapping[str, str] = {
    "439": "accident",
    "484": "last_menstrual_period",
    "ABC": "estimated_birth",
    "431": "onset",
}

#: HSD03.
PER: Mapping[str, Interval] = {"DA": Interval.DAY, "WK": Interval.WEEK, "MO": Interval.MONTH}

#: HSD05.
PERIOD: Mapping[str, Interval] = {
    "6": Interval.HOUR,
    "7": Interval.DAY,
    "21": Interval.YEAR,
    "26": Interval.EPISODE,
    "27": Interval.VISIT,
    "29": Interval.REMAINING,
    "34": Interval.MONTH,
    "35": Interval.WEEK,
}

#: PWK02.
WAY: Mapping[str, str] = {
    "AA": AttachmentWay.ON_REQUEST.value,
    "BM": AttachmentWay.MAIL.value,
    "EL": AttachmentWay.ELECTRONIC.value,
    "EM": AttachmentWay.EMAIL.value,
    "FX": AttachmentWay.FAX.value,
    "VO": AttachmentWay.VOICE.value,
}

#: PWK01, code list 755.
REPORT: Mapping[str, str] = {
    "03": "why treatment goes beyond the guidelines",
    "04": "the drugs that were given",
    "05": "the diagnosis that is treated",
    "06": "the first assessment",
    "07": "the functional goals",
    "08": "the treatment plan",
    "09": "a progress report",
    "10": "the treatment so far, and why it goes on",
    "11": "a chemical analysis",
    "13": "a certified test report",
    "15": "why the patient is admitted",
    "21": "the recovery plan",
    "48": "the letter on social security benefits",
    "55": "the rental agreement",
    "59": "the letter on benefits",
    "77": "data that verify the request",
    "A3": "the record of allergies",
    "A4": "the autopsy report",
    "AM": "the ambulance certification",
    "AS": "the admission summary",
    "B2": "the prescription",
    "B3": "the physician's order",
    "BR": "the results of benchmark tests",
    "BS": "the baseline",
    "CB": "why chiropractic care is needed",
    "CK": "the signed consent",
    "D2": "the drug profile",
    "DA": "dental models",
    "DB": "the prescription of the equipment",
    "DG": "the diagnostic report",
    "DJ": "the report on the discharge",
    "DS": "the discharge summary",
    "FM": "the family's medical history",
    "HC": "the health certificate",
    "HR": "the clinic's records",
    "I5": "the immunization record",
    "IR": "the school's immunization record",
    "LA": "laboratory results",
    "M1": "the medical record",
    "NN": "nursing notes",
    "OB": "the operative note",
    "OD": "orders and treatments",
    "OE": "the findings of the physical examination",
    "OX": "the certification of oxygen therapy",
    "OZ": "data that support the request",
    "P4": "the pathology report",
    "P5": "the patient's medical history",
    "P6": "periodontal charts",
    "P7": "periodontal reports",
    "PE": "the certification of parenteral or enteral nutrition",
    "PN": "physical therapy notes",
    "PO": "the certification of the prosthesis or orthosis",
    "PY": "the physician's report",
    "PZ": "the certification of physical therapy",
    "RB": "radiology images",
    "RR": "radiology reports",
    "RT": "a report of tests and their analysis",
    "SG": "the record of symptoms",
    "V5": "the notice of death",
    "XP": "photographs",
}

#: LOINC codes that reviewers ask with; open, and kept as sent where not here.
LOINC: Mapping[str, str] = {
    "11488-4": "the consultation note",
    "11502-2": "laboratory results",
    "11504-8": "the operative note",
    "11506-3": "a progress note",
    "11526-1": "the pathology report",
    "18748-4": "the imaging report",
    "18776-5": "the treatment plan",
    "18842-5": "the discharge summary",
    "28570-0": "the procedure note",
    "34117-2": "history and physical examination",
    "34133-9": "a summary of the episode",
    "57133-1": "the referral note",
}
