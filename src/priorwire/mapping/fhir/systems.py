"""The names that Da Vinci PAS 2.2 and FHIR R4 give to profiles, extensions and code systems: data only.

From the sources of the implementation guide (HL7/davinci-pas, version 2.2.1), of US Core and of
R4. X12's code systems are named after the data element whose codes they hold.
"""

from __future__ import annotations

_PAS = "http://hl7.org/fhir/us/davinci-pas"
_STRUCTURE = f"{_PAS}/StructureDefinition"
_HL7 = "http://terminology.hl7.org/CodeSystem"
_X12 = "https://codesystem.x12.org/005010"


def x12(element: int) -> str:
    """The code system of a data element of X12 005010."""
    return f"{_X12}/{element}"


def profile(name: str) -> str:
    """A profile of PAS, e.g. ``claim``."""
    return f"{_STRUCTURE}/profile-{name}"


def pas(name: str) -> str:
    """An extension of PAS, e.g. ``reviewAction``."""
    return f"{_STRUCTURE}/extension-{name}"


#: The list of reasons of a decision, which X12 keeps outside its dictionary.
DECISION_REASONS = "https://codesystem.x12.org/external/886"

# --- extensions of FHIR itself ------------------------------------------------------------------------------------
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
TELEPHONE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/contactpoint-extension"
ENCOUNTER = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Claim.encounter"
CANCELLED = f"{_STRUCTURE}/modifierextension-infoCancelled"

# --- code systems of HL7 ------------------------------------------------------------------------------------------
TEMPORARY_CODES = f"{_PAS}/CodeSystem/PASTempCodes"
CLAIM_TYPE = f"{_HL7}/claim-type"
PRIORITY = f"{_HL7}/processpriority"
ADJUDICATION = f"{_HL7}/adjudication"
RELATED_CLAIM = f"{_HL7}/ex-relatedclaimrelationship"
RELATIONSHIP = f"{_HL7}/subscriber-relationship"
COVERAGE_CLASS = f"{_HL7}/coverage-class"
IDENTIFIER_TYPE = f"{_HL7}/v2-0203"
PAYER_IDENTIFIER_TYPE = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBIdentifierType"
ABSENT_CODES = f"{_HL7}/data-absent-reason"
ACT_CODE = f"{_HL7}/v3-ActCode"
NETWORK = f"{_HL7}/benefit-network"
BENEFIT_UNIT = f"{_HL7}/benefit-unit"
BENEFIT_TERM = f"{_HL7}/benefit-term"
CONTACT_PURPOSE = f"{_HL7}/contactentity-type"
UNITS = "http://unitsofmeasure.org"

# --- identifier systems -------------------------------------------------------------------------------------------
NPI = "http://hl7.org/fhir/sid/us-npi"
TAX_ID = "http://terminology.hl7.org/NamingSystem/USEIN"
#: The same, as older senders write it.
TAX_IDS = (TAX_ID, "urn:oid:2.16.840.1.113883.4.4")
#: Before the ten characters that say who assigned a trace number.
TRACE = "urn:trnorg:"
#: An identifier that is a URI, such as ``urn:uuid:…``.
URI = "urn:ietf:rfc:3986"

# --- code systems of services -------------------------------------------------------------------------------------
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CDT = "http://www.ada.org/cdt"
ICD10_PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
NDC = "http://hl7.org/fhir/sid/ndc"
REVENUE = "https://www.nubc.org/CodeSystem/RevenueCodes"
ICD10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
MS_DRG = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software"
#: Groups of other makers; a 278 does not say whose group it is.
OTHER_DRGS = ("http://uri.hddaccess.com/cs/apdrg", "http://uri.hddaccess.com/cs/aprdrg")
PLACE_OF_SERVICE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
BILL_TYPE = "https://www.nubc.org/CodeSystem/TypeOfBill"
TAXONOMY = "http://nucc.org/provider-taxonomy"
ADMISSION_TYPE = "https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit"
ADMISSION_SOURCE = "https://www.nubc.org/CodeSystem/PointOfOrigin"
PATIENT_STATUS = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
LOINC = "http://loinc.org"

#: Other spellings that are read as the systems above: https for http, and what public test bundles use.
SAME_AS = {
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": HCPCS,
    "https://www.ama-assn.org/go/cpt": CPT,
    "urn:oid:2.16.840.1.113883.6.12": CPT,
    "urn:oid:2.16.840.1.113883.6.285": HCPCS,
    "http://www.nubc.org/CodeSystem/RevenueCodes": REVENUE,
    "https://www.nubc.org/revenue-code": REVENUE,
    "http://hl7.org/fhir/sid/icd-10-pcs": ICD10_PCS,
    x12(1315): ADMISSION_TYPE,
    x12(1314): ADMISSION_SOURCE,
    x12(1352): PATIENT_STATUS,
}
