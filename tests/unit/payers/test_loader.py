"""A companion guide is read as a whole: all its faults at once, each with its path."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from priorwire.errors import GuideError
from priorwire.payers import ChannelKind, Environment, PayerProfile, Transaction, load_profile, load_profiles

NAMES = {"simulator_url": "http://127.0.0.1:9", "simulator_smtp": "smtp://127.0.0.1:25"}

GUIDE = """
id = "example"
name = "Example"
source = "Example manual"
edition = "1"
payer_class = "tpa"

[identity]
name = "EXAMPLE"
identifier = "EX01"

[[routes]]
id = "core"
channel = "core_soap"
transactions = ["authorization", "inquiry"]
real_time = true
[routes.endpoint]
environment = "test"
url = "{simulator_url}/core"
credential = "simulator"
extra_headers = { X-Client = "gateway" }
connect_timeout = "PT5S"
[routes.endpoint.x12]
sender = "GATEWAY"
receiver = "EXAMPLE"
group_sender = "GATEWAY"
group_receiver = "EXAMPLE"
trace_assigner = "9GATEWAY00"
delimiters = { component = ">" }
[routes.endpoint.core]
rule_version = "4.0.0"
[routes.endpoint.core.payload_types]
authorization = "REQUEST"
inquiry = "INQUIRY"

[[routes]]
id = "fax"
channel = "efax"
transactions = ["authorization"]
[routes.endpoint]
environment = "test"
url = "{simulator_smtp}?domain=fax.example"
fax_number = "+12065550142"

[timing]
ask_after = ["PT1H", "P1D"]

[[narrowings]]
guide = "278-request"
path = "2000E/UM/01"
codes = ["HS"]
because = "No admissions."

[playbook]
required_codes = ["72148"]
[[playbook.requires]]
path = "diagnoses"
because = "Criteria go by diagnosis."
"""


def _load(tmp_path: Path, text: str = GUIDE, names: dict[str, str] | None = None) -> PayerProfile:
    folder = tmp_path / "example"
    folder.mkdir(exist_ok=True)
    (folder / "guide.toml").write_text(text, encoding="utf-8")
    return load_profile(folder, NAMES if names is None else names)


def _faults(tmp_path: Path, text: str, names: dict[str, str] | None = None) -> set[tuple[str, str]]:
    with pytest.raises(GuideError) as error:
        _load(tmp_path, text, names)
    assert all(f"{fault.pointer}: {fault.detail}" in error.value.message for fault in error.value.faults)
    return {(fault.pointer, fault.code) for fault in error.value.faults}


def _with(old: str, new: str) -> str:
    assert GUIDE.count(old) >= 1
    return GUIDE.replace(old, new, 1)


def test_a_guide_becomes_a_profile(tmp_path: Path) -> None:
    profile = _load(tmp_path)
    core, fax = profile.routes
    assert (profile.id, profile.identity.qualifier, profile.identity.reviewer_role) == ("example", "PI", "X3")
    assert (core.channel, core.transactions) == (
        ChannelKind.CORE_SOAP,
        frozenset({Transaction.AUTHORIZATION, Transaction.INQUIRY}),
    )
    assert (core.endpoint.id, core.endpoint.environment) == ("example/core", Environment.TEST)
    assert core.endpoint.url == "http://127.0.0.1:9/core"
    assert core.endpoint.extra_headers == (("X-Client", "gateway"),)
    assert (core.endpoint.connect_timeout, core.endpoint.read_timeout) == (timedelta(seconds=5), timedelta(seconds=60))
    assert core.endpoint.x12 is not None
    assert str(core.endpoint.x12.delimiters) == "*^>~"
    assert core.endpoint.core is not None
    assert core.endpoint.core.rule_version == "4.0.0"
    assert dict(core.endpoint.core.payload_types) == {
        Transaction.AUTHORIZATION: "REQUEST",
        Transaction.INQUIRY: "INQUIRY",
    }
    assert (fax.endpoint.url, fax.endpoint.fax_number) == ("smtp://127.0.0.1:25?domain=fax.example", "+12065550142")
    assert profile.timing.ask_after == (timedelta(hours=1), timedelta(days=1))
    assert profile.narrowings[0].codes == frozenset({"HS"})
    assert profile.playbook.requires == (("diagnoses", "Criteria go by diagnosis."),)


_TAKES_DOCUMENTS = (
    ('transactions = ["authorization", "inquiry"]', 'transactions = ["authorization", "inquiry", "attachment"]'),
    ('inquiry = "INQUIRY"', 'inquiry = "INQUIRY"\nattachment = "DOCUMENT"'),
)


def _taking_documents(edition: str = "") -> str:
    text = GUIDE
    for old, new in _TAKES_DOCUMENTS:
        assert old in text
        text = text.replace(old, new, 1)
    return text.replace('channel = "core_soap"', f'channel = "core_soap"\n{edition}', 1)


@pytest.mark.parametrize(
    ("edition", "taken"),
    [("", "006020X316"), ('attachment_edition = "005010X211"', "005010X211")],
)
def test_a_route_for_documents_has_an_edition(tmp_path: Path, edition: str, taken: str) -> None:
    core, fax = _load(tmp_path, _taking_documents(edition)).routes
    assert (core.attachment_edition, fax.attachment_edition) == (taken, None)
    assert core.endpoint.core is not None
    assert dict(core.endpoint.core.payload_types)[Transaction.ATTACHMENT] == "DOCUMENT"


def test_an_edition_must_be_known_and_of_use(tmp_path: Path) -> None:
    unknown = _taking_documents('attachment_edition = "004050X151"')
    assert _faults(tmp_path, unknown) == {("routes[0].attachment_edition", "unknown_value")}
    unused = _with('channel = "core_soap"', 'channel = "core_soap"\nattachment_edition = "006020X316"')
    assert _faults(tmp_path, unused) == {("routes[0].attachment_edition", "unused")}


def test_a_profile_can_be_a_key(tmp_path: Path) -> None:
    assert hash(_load(tmp_path)) == hash(_load(tmp_path))


def test_a_window_that_the_guide_does_not_state_is_that_of_its_payer_class(tmp_path: Path) -> None:
    assert _load(tmp_path).timing.decides_within == timedelta(days=9)
    stated = _with("[timing]", '[timing]\ndecides_within = "P4D"')
    assert _load(tmp_path, stated).timing.decides_within == timedelta(days=4)


def test_a_setting_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r"routes\[0\]\.endpoint\.url: needs the setting 'simulator_url'"):
        _load(tmp_path, names={"simulator_smtp": "smtp://127.0.0.1:25"})


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    text = (
        GUIDE.replace('name = "Example"\n', "")
        .replace('payer_class = "tpa"', 'payer_class = "uncle"')
        .replace('environment = "test"', 'environment = "staging"', 1)
        .replace('"PT5S"', '"5 seconds"')
        .replace("real_time = true", 'real_time = "yes"')
        .replace('codes = ["HS"]', "codes = [1]")
        .replace("[timing]", "[timing]\npatience = 3")
    )
    assert _faults(tmp_path, text) == {
        ("name", "required"),
        ("payer_class", "unknown_value"),
        ("routes[0].endpoint.environment", "unknown_value"),
        ("routes[0].endpoint.connect_timeout", "duration"),
        ("routes[0].real_time", "type"),
        ("narrowings[0].codes", "type"),
        ("timing.patience", "unknown_key"),
    }


@pytest.mark.parametrize(
    ("old", "new", "pointer", "code"),
    [
        ('id = "example"', 'id = "other"', "id", "folder"),
        ('id = "example"', 'id = ""', "id", "empty"),
        ("[identity]", "[identity]\nnpi = 1", "identity.npi", "unknown_key"),
        ('identifier = "EX01"', 'identifier = "EX01"\nqualifier = "MI"', "identity.qualifier", "unknown_value"),
        ('channel = "core_soap"', 'channel = "carrier_pigeon"', "routes[0].channel", "unknown_value"),
        ('["authorization", "inquiry"]', "[]", "routes[0].transactions", "required"),
        ('["authorization", "inquiry"]', '["authorization", "authorization"]', "routes[0].transactions", "repeated"),
        ('["authorization", "inquiry"]', '["authorization", "divination"]', "routes[0].transactions", "unknown_value"),
        ('id = "core"', 'id = "Core!"', "routes[0].id", "name"),
        ('id = "fax"', 'id = "core"', "routes[1].id", "repeated"),
        ("real_time = true", 'service_types = ["imaging"]', "routes[0].service_types", "service_type"),
        ("{simulator_url}/core", "core.example", "routes[0].endpoint.url", "url"),
        ("{simulator_url}/core", "https://payer.example:http/", "routes[0].endpoint.url", "url"),
        ("{simulator_url}/core", "ftp://payer.example/", "routes[0].endpoint.url", "scheme"),
        ("{simulator_url}/core", "https://user:word@payer.example/", "routes[0].endpoint.url", "secret"),
        ("{simulator_url}/core", "{Simulator}/core", "routes[0].endpoint.url", "placeholder"),
        ("{simulator_smtp}", "http://fax.example/", "routes[1].endpoint.url", "scheme"),
        ("?domain=fax.example", "", "routes[1].endpoint.url", "fax_domain"),
        ("?domain=fax.example", "?domain=fax.example?domain=a.b", "routes[1].endpoint.url", "fax_domain"),
        ('environment = "test"', 'environment = "production"', "routes[0].endpoint.url", "plain_http"),
        ("X-Client", "X-Api-Key", "routes[0].endpoint.extra_headers.X-Api-Key", "secret"),
        ('"PT5S"', '"PT0S"', "routes[0].endpoint.connect_timeout", "duration"),
        ('credential = "simulator"', "concurrency = 0", "routes[0].endpoint.concurrency", "too_small"),
        ('credential = "simulator"', "concurrency = true", "routes[0].endpoint.concurrency", "type"),
        ('credential = "simulator"', "concurrency = 101", "routes[0].endpoint.concurrency", "too_large"),
        ('credential = "simulator"', "starts_per_second = 0", "routes[0].endpoint.starts_per_second", "too_small"),
        ('credential = "simulator"', "starts_per_second = 2000", "routes[0].endpoint.starts_per_second", "too_large"),
        ('credential = "simulator"', "down_after = 0", "routes[0].endpoint.down_after", "too_small"),
        ('credential = "simulator"', 'probe_after = ["PT0S"]', "routes[0].endpoint.probe_after", "duration"),
        ('credential = "simulator"', "probe_after = []", "routes[0].endpoint.probe_after", "empty"),
        ('sender = "GATEWAY"', 'sender = "gateway"', "routes[0].endpoint.x12.sender", "identifier"),
        ('receiver = "EXAMPLE"', f'receiver = "{"X" * 16}"', "routes[0].endpoint.x12.receiver", "identifier"),
        ('"9GATEWAY00"', '"9GATEWAY"', "routes[0].endpoint.x12.trace_assigner", "trace_assigner"),
        ('component = ">"', 'component = "*"', "routes[0].endpoint.x12.delimiters", "delimiters"),
        ('component = ">"', 'component = "A"', "routes[0].endpoint.x12.delimiters", "delimiters"),
        ('inquiry = "INQUIRY"\n', "", "routes[0].endpoint.core.payload_types.inquiry", "required"),
        ('inquiry = "INQUIRY"', 'enquiry = "INQUIRY"', "routes[0].endpoint.core.payload_types.enquiry", "unknown_key"),
        ('fax_number = "+12065550142"', 'fax_number = "206-555-0142"', "routes[1].endpoint.fax_number", "fax_number"),
        ('fax_number = "+12065550142"', "", "routes[1].endpoint.fax_number", "fax_number"),
        ('channel = "efax"', 'channel = "efax"\nreal_time = true', "routes[1].real_time", "real_time"),
        ('transactions = ["authorization"]', 'transactions = ["eligibility"]', "routes[1].transactions", "channel"),
        ('channel = "efax"', 'channel = "portal"', "routes[1].endpoint.portal_fields", "required"),
        ('channel = "efax"', 'channel = "portal"', "routes[1].endpoint.portal_instructions", "required"),
        ('channel = "efax"', 'channel = "rest_x12"', "routes[1].endpoint.x12", "required"),
        ('channel = "efax"', 'channel = "rest_x12"', "routes[1].endpoint.fax_number", "unused"),
        ('channel = "core_soap"', 'channel = "rest_x12"', "routes[0].endpoint.core", "unused"),
        ('channel = "core_soap"', 'channel = "efax"', "routes[0].endpoint.x12", "unused"),
        ('credential = "simulator"', 'portal_instructions = "Log in."', "routes[0].endpoint.portal_fields", "unused"),
        ("[timing]", "[timing]\ntry_again_after = []", "timing.try_again_after", "empty"),
        ('ask_after = ["PT1H", "P1D"]', 'ask_after = ["soon"]', "timing.ask_after", "duration"),
        ('guide = "278-request"', 'guide = "271"', "narrowings[0].guide", "guide"),
        ('codes = ["HS"]\n', "", "narrowings[0]", "no_effect"),
        ('codes = ["HS"]', 'codes = ["HS"]\nforbid = true', "narrowings[0]", "contradiction"),
        ('because = "No admissions."', "", "narrowings[0].because", "required"),
        ('path = "diagnoses"', 'path = "patient.shoe_size"', "playbook.requires[0].path", "path"),
        ("[[playbook.requires]]", 'not_required_codes = ["72148"]\n[[playbook.requires]]',
         "playbook.not_required_codes", "contradiction"),
        ("[[playbook.requires]]", "[[playbook.requirement]]", "playbook.requirement", "unknown_key"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place_and_its_rule(tmp_path: Path, old: str, new: str, pointer: str, code: str) -> None:
    assert (pointer, code) in _faults(tmp_path, _with(old, new))


def test_fax_before_x12_for_the_same_services_is_refused(tmp_path: Path) -> None:
    head, core, fax = GUIDE.split("[[routes]]")
    fax, timing, rest = fax.partition("[timing]")
    text = f"{head}[[routes]]{fax}[[routes]]{core}{timing}{rest}"
    assert _faults(tmp_path, text) == {("routes[1]", "order")}


def test_a_guide_without_routes_is_refused(tmp_path: Path) -> None:
    head, _, _ = GUIDE.split("[[routes]]")
    assert _faults(tmp_path, head) == {("routes", "required")}


def test_no_fault_repeats_what_the_file_holds(tmp_path: Path) -> None:
    address = "https://user:QXZMARK@payer.example/QXZMARK"
    with pytest.raises(GuideError) as error:
        _load(tmp_path, _with("{simulator_url}/core", address).replace('"tpa"', '"QXZMARK"'))
    assert "QXZMARK" not in error.value.message


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match="at line 3"):
        _load(tmp_path, 'id = "example"\n\nname = QXZ\n')


def test_what_is_no_utf8_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "example"
    folder.mkdir()
    (folder / "guide.toml").write_bytes(b'id = "\xff"')
    with pytest.raises(GuideError, match="UTF-8"):
        load_profile(folder, NAMES)


def test_all_guides_are_loaded_by_payer_id(tmp_path: Path) -> None:
    _load(tmp_path)
    (tmp_path / "README.md").write_text("not a guide", encoding="utf-8")
    (tmp_path / ".cache").mkdir()
    assert set(load_profiles(tmp_path, NAMES)) == {"example"}


def test_the_faults_of_all_guides_are_reported_at_once(tmp_path: Path) -> None:
    _load(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "guide.toml").write_text(GUIDE, encoding="utf-8")
    with pytest.raises(GuideError) as error:
        load_profiles(tmp_path, NAMES)
    assert {(fault.pointer, fault.code) for fault in error.value.faults} == {
        ("empty: guide.toml", "missing"),
        ("wrong: id", "folder"),
    }


def test_a_folder_that_is_missing_is_a_guide_error(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match="missing"):
        load_profiles(tmp_path / "nowhere", NAMES)


PORTAL = """
[[routes]]
id = "portal"
channel = "portal"
transactions = ["authorization"]
[routes.endpoint]
environment = "test"
url = "https://portal.example/"
portal_instructions = "Log in."
[[routes.endpoint.portal_fields]]
label = "Member"
source = "subscriber.member_id"
[[routes.endpoint.portal_fields]]
label = "Units"
source = "services[].quantity.value"
required = false
"""


def test_a_portals_fields_keep_the_portals_order(tmp_path: Path) -> None:
    head, _, _ = GUIDE.split("[[routes]]")
    (route,) = _load(tmp_path, head + PORTAL).routes
    fields = [(field.label, field.source, field.required) for field in route.endpoint.portal_fields]
    assert fields == [("Member", "subscriber.member_id", True), ("Units", "services[].quantity.value", False)]


def test_a_portal_field_that_the_request_does_not_have_is_refused(tmp_path: Path) -> None:
    head, _, _ = GUIDE.split("[[routes]]")
    text = head + PORTAL.replace("subscriber.member_id", "subscriber.card")
    assert _faults(tmp_path, text) == {("routes[0].endpoint.portal_fields[0].source", "path")}
