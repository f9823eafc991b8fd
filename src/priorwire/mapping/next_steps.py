"""What to do about a rejection, in plain words: from its reason (AAA03) and what the payer lets follow (AAA04).

The reason says what is to be looked at, the action what may be done; both are open lists. Where
neither is known nothing is said, rather than something that may be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

from priorwire.model.authorization import Follow

#: AAA03 -> what to look at.
_LOOK_AT: Mapping[str, str] = {
    "04": "the quantity",
    "15": "what the payer requires and did not find",
    "33": "the request",
    "35": "the choice of provider, who is outside the network",
    "41": "your access with this payer",
    "43": "the provider's number",
    "44": "the provider's name",
    "45": "the provider's specialty",
    "46": "the provider's telephone number",
    "47": "the provider's state",
    "48": "the referring provider's number",
    "49": "who the primary care provider is",
    "50": "the provider's enrolment with this payer",
    "51": "the provider's number and enrolment with this payer",
    "52": "the dates and the provider's enrolment",
    "53": "whether this type of provider gives the service",
    "54": "the kind of the product's code",
    "55": "the product's code",
    "56": "the date",
    "57": "the dates of service",
    "58": "the birth date",
    "60": "the birth date and the dates of service",
    "61": "the dates of service and the patient's record",
    "62": "the dates of service",
    "63": "the dates of service",
    "64": "the patient's id",
    "65": "the patient's name",
    "66": "the patient's gender",
    "67": "the patient's id, name and birth date",
    "68": "the patient's id, name and birth date, which fit more than one person",
    "69": "the patient's age and the service",
    "70": "the patient's gender and the service",
    "71": "the birth date",
    "72": "the member id",
    "73": "the member's name",
    "74": "the member's gender",
    "75": "the member id, name and birth date",
    "76": "the member id, which fits more than one person",
    "77": "the patient's name and birth date",
    "78": "the group or plan on the card",
    "79": "the payer's id and yours",
    "95": "the patient's coverage on these dates",
    "97": "the provider's address",
    "98": "whether the service counts as experimental",
    "AA": "the authorization number",
    "AE": "whether the primary care provider has authorized it",
    "AF": "the diagnosis codes",
    "AG": "the procedure code",
    "AH": "the date of onset",
    "AI": "the date of the accident",
    "AJ": "the date of the last menstrual period",
    "AK": "the expected date of birth",
    "AM": "the admission date",
    "AN": "the discharge date",
    "AO": "the information on the patient's condition",
    "CI": "the authorization number and the patient",
    "E8": "the information for the medical review",
    "IA": "the authorization number",
    "IP": "the provider's role",
    "MA": "the authorization number, which is missing",
    "NC": "the authorization number and the patient",
    "T1": "the provider's place in the arrangement",
    "T2": "the provider's place in the arrangement",
    "T3": "the provider's place in the arrangement",
    "T4": "the payer's name and id",
    "T5": "the certification information",
    "T6": "the information for pricing",
}

#: AAA03 -> what to do before it is sent again, where `correct` and what to look at make no sense together.
_PUT_RIGHT: Mapping[str, str] = {
    "15": "Add what the payer requires and did not find",
    "35": "Choose a provider in the network, or ask the payer for an exception",
    "41": "Settle your access with this payer",
    "49": "Name the member's primary care provider",
    "50": "Settle the provider's enrolment with this payer",
    "51": "Correct the provider's number, or settle the provider's enrolment with this payer",
    "52": "Correct the dates, or settle the provider's enrolment for them",
    "53": "Name a provider of a type that gives the service",
    "68": "Complete the patient's id, name and birth date, which fit more than one person",
    "69": "Correct the service, or the patient's birth date",
    "70": "Correct the service, or the patient's gender",
    "76": "Correct the member id, which fits more than one person",
    "78": "Correct the group or plan, as the card has it",
    "95": "Settle the patient's coverage on these dates",
    "98": "Show that the service is not experimental",
    "AE": "Have the primary care provider authorize it",
    "AO": "Add the information on the patient's condition",
    "CI": "Correct the authorization number, or the patient",
    "E8": "Add the information for the medical review",
    "MA": "Add the authorization number",
    "NC": "Correct the authorization number, or the patient",
    "T1": "Settle the provider's place in the arrangement",
    "T2": "Settle the provider's place in the arrangement",
    "T3": "Settle the provider's place in the arrangement",
    "T5": "Add the certification information",
    "T6": "Add the information for pricing",
}

#: AAA03 that is about the payer's systems: nothing of the request is at fault.
_PASSING = frozenset({"42", "80"})

_BY_ACTION: Mapping[Follow, tuple[str, str]] = {
    Follow.CORRECT_AND_RESUBMIT: ("Correct {} and send again.", "Correct what the payer names and send again."),
    Follow.RESUBMISSION_ALLOWED: ("Check {}; it may be sent again.", "It may be sent again."),
    Follow.DO_NOT_RESUBMIT: (
        "Do not send it again; take it up with the payer: {}.",
        "Do not send it again; take it up with the payer.",
    ),
    Follow.NOT_STATED: ("Check {}.", ""),
}

_WHATEVER_THE_REASON: Mapping[Follow, str] = {
    Follow.RESUBMIT_ORIGINAL: "Send the same request again.",
    Follow.WAIT_30_DAYS: "Wait 30 days, then send it again.",
    Follow.WAIT_10_DAYS: "Wait 10 days, then send it again.",
    Follow.AWAIT_THIRD_PARTY: "Do not send it again: the payer asks a third party.",
    Follow.AWAIT_RESPONSE: "Do not send it again: the payer holds it and will answer.",
}


def next_step(reason: str, follow: Follow) -> str | None:
    """What to do now; `None` where neither the reason nor the action says.

    Args:
        reason: AAA03 as sent.
        follow: what AAA04 says.
    """
    if follow in _WHATEVER_THE_REASON:
        return _WHATEVER_THE_REASON[follow]
    if reason in _PASSING and follow is not Follow.DO_NOT_RESUBMIT:
        return "Nothing is wrong with the request: send it again later."
    if follow is Follow.CORRECT_AND_RESUBMIT and reason in _PUT_RIGHT:
        return f"{_PUT_RIGHT[reason]}; then send again."
    known, unknown = _BY_ACTION[follow]
    about = _LOOK_AT.get(reason)
    return known.format(about) if about else unknown or None


def rests_on_action_alone(follow: Follow) -> bool:
    """Whether the step is the same whatever the reason is."""
    return follow in _WHATEVER_THE_REASON
