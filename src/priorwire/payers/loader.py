"""Reads companion guides: ``companion_guides/<payer>/guide.toml`` becomes a `PayerProfile`.

The one module of this room that touches files. A guide is checked as a whole: every fault
is reported at once, with its dotted path, the rule and the remedy. Keys that the guide's
format does not have are faults too, so that a misspelt rule cannot pass as an absent one.
No fault repeats a value of the file: a guide may hold what its author should not have put there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, time, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from priorwire.errors import Fault, GuideError
from priorwire.model.identifiers import PayerId
from priorwire.payers import rules
from priorwire.payers.classes import CLASSES
from priorwire.payers.document import Table
from priorwire.payers.profile import (
    Acknowledging,
    ChannelKind,
    CoreSettings,
    Endpoint,
    Environment,
    FolderSettings,
    Hours,
    Narrowing,
    PayerIdentity,
    PayerProfile,
    Playbook,
    PortalField,
    Route,
    Timing,
    Transaction,
    Weekday,
    X12Address,
)
from priorwire.x12.segments import DEFAULT_DELIMITERS, Delimiters

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: The file that makes a folder a companion guide.
GUIDE_FILE = "guide.toml"


def load_profiles(root: Path, names: Mapping[str, str]) -> Mapping[PayerId, PayerProfile]:
    """Every companion guide under `root`, by payer id; `names` are the settings that addresses may use.

    Folders whose name begins with a dot or an underscore are passed over.

    Raises:
        GuideError: `root` is missing, or guides have faults; those of all guides are listed.
    """
    if not root.is_dir():
        raise GuideError(f"The folder of companion guides is missing: {root.name}. Set where it is in the settings.")
    profiles: dict[PayerId, PayerProfile] = {}
    faults: list[Fault] = []
    for folder in sorted(each for each in root.iterdir() if each.is_dir() and each.name[0] not in "._"):
        try:
            profiles[PayerId(folder.name)] = load_profile(folder, names)
        except GuideError as error:
            faults += (replace(fault, pointer=f"{folder.name}: {fault.pointer}") for fault in error.faults)
    if faults:
        raise _error("Companion guides have faults.", faults)
    return profiles


def load_profile(folder: Path, names: Mapping[str, str]) -> PayerProfile:
    """The companion guide in `folder`; `names` are the settings that addresses may use.

    Raises:
        GuideError: the guide is missing or has faults; every one is listed.
    """
    faults: list[Fault] = []
    try:
        text = (folder / GUIDE_FILE).read_text(encoding="utf-8")
        document: dict[str, object] = tomllib.loads(text)
    except FileNotFoundError:
        faults.append(Fault(pointer=GUIDE_FILE, code="missing", detail="is missing; a companion guide needs it"))
    except UnicodeDecodeError:
        faults.append(Fault(pointer=GUIDE_FILE, code="encoding", detail="must be UTF-8"))
    except tomllib.TOMLDecodeError as error:
        where = str(error).rpartition("(")[2].rstrip(")")
        faults.append(Fault(pointer=GUIDE_FILE, code="toml", detail=f"is no TOML: see {where}"))
    else:
        profile = _profile(Table(document, "", faults), folder.name, names)
        faults += rules.profile_faults(profile) if not faults else ()
        if not faults:
            return profile
    raise _error(f"The companion guide '{folder.name}' has faults.", faults)


def _error(message: str, faults: list[Fault]) -> GuideError:
    lines = "".join(f"\n  {fault.pointer}: {fault.detail} [{fault.code}]" for fault in faults)
    return GuideError(message + lines, tuple(faults))


def _profile(table: Table, folder: str, names: Mapping[str, str]) -> PayerProfile:
    payer = table.text("id")
    if payer and payer != folder:
        table.fault("id", "folder", "must be the name of the guide's folder")
    payer_class = table.one_of("payer_class", tuple(CLASSES), "commercial")
    profile = PayerProfile(
        id=payer,
        name=table.text("name"),
        source=table.text("source"),
        edition=table.text("edition"),
        payer_class=payer_class,
        identity=_identity(table.table("identity")),
        routes=tuple(_route(each, payer, names) for each in table.tables("routes")),
        timing=_timing(table.table("timing"), payer_class),
        narrowings=tuple(_narrowing(each) for each in table.tables("narrowings")),
        playbook=_playbook(table.table("playbook")),
    )
    table.finish()
    return profile


def _identity(table: Table) -> PayerIdentity:
    identity = PayerIdentity(
        name=table.text("name"),
        identifier=table.text("identifier"),
        qualifier=table.one_of("qualifier", rules.PAYER_QUALIFIERS, "PI"),
        reviewer_role=table.one_of("reviewer_role", rules.REVIEWER_ROLES, "X3"),
    )
    table.finish()
    return identity


def _route(table: Table, payer: str, names: Mapping[str, str]) -> Route:
    route = table.text("id")
    channel = table.choice("channel", ChannelKind)
    transactions = table.choices("transactions", Transaction)
    built = Route(
        id=route,
        channel=channel,
        transactions=transactions,
        service_types=frozenset(table.texts("service_types")),
        real_time=table.flag("real_time"),
        attachment_edition=_attachment_edition(table, takes_them=Transaction.ATTACHMENT in transactions),
        endpoint=_endpoint(table.table("endpoint"), f"{payer}/{route}", names),
    )
    table.finish()
    return built


def _attachment_edition(table: Table, *, takes_them: bool) -> str | None:
    edition = table.one_of("attachment_edition", rules.ATTACHMENT_EDITIONS, rules.ATTACHMENT_EDITIONS[0])
    if takes_them:
        return edition
    if table.has("attachment_edition"):
        table.fault("attachment_edition", "unused", "has no use: the route does not carry attachments")
    return None


def _endpoint(table: Table, endpoint: str, names: Mapping[str, str]) -> Endpoint:
    usual = Endpoint(id=endpoint, environment=Environment.TEST, url="")
    built = Endpoint(
        id=endpoint,
        environment=table.choice("environment", Environment),
        url=table.filled("url", names),
        credential=table.optional_text("credential"),
        x12=_address(table.table("x12")) if table.has("x12") else None,
        core=_core(table.table("core")) if table.has("core") else None,
        extra_headers=table.pairs("extra_headers"),
        connect_timeout=table.duration("connect_timeout", usual.connect_timeout),
        read_timeout=table.duration("read_timeout", usual.read_timeout),
        concurrency=table.whole("concurrency", usual.concurrency),
        hours=_hours(table.table("hours")) if table.has("hours") else None,
        acknowledges_within=_optional_duration(table, "acknowledges_within"),
        starts_per_second=table.whole("starts_per_second", usual.starts_per_second),
        down_after=table.whole("down_after", usual.down_after),
        probe_after=table.durations("probe_after", usual.probe_after),
        fax_number=table.optional_text("fax_number"),
        folders=_folders(table.table("folders")) if table.has("folders") else None,
        portal_fields=tuple(_portal_field(each) for each in table.tables("portal_fields")),
        portal_instructions=table.optional_text("portal_instructions"),
    )
    table.finish()
    return built


def _address(table: Table) -> X12Address:
    address = X12Address(
        sender_qualifier=table.one_of("sender_qualifier", rules.INTERCHANGE_QUALIFIERS, "ZZ"),
        sender=table.text("sender"),
        receiver_qualifier=table.one_of("receiver_qualifier", rules.INTERCHANGE_QUALIFIERS, "ZZ"),
        receiver=table.text("receiver"),
        group_sender=table.text("group_sender"),
        group_receiver=table.text("group_receiver"),
        trace_assigner=table.text("trace_assigner"),
        delimiters=_delimiters(table.table("delimiters")),
    )
    table.finish()
    return address


def _delimiters(table: Table) -> Delimiters:
    delimiters = Delimiters(
        element=table.text("element", DEFAULT_DELIMITERS.element),
        repetition=table.text("repetition", DEFAULT_DELIMITERS.repetition),
        component=table.text("component", DEFAULT_DELIMITERS.component),
        segment=table.text("segment", DEFAULT_DELIMITERS.segment),
    )
    table.finish()
    return delimiters


def _core(table: Table) -> CoreSettings:
    usual = CoreSettings()
    types = table.table("payload_types")
    core = CoreSettings(
        namespace=table.text("namespace", usual.namespace),
        rule_version=table.text("rule_version", usual.rule_version),
        must_understand=table.flag("must_understand", default=usual.must_understand),
        payload_types=tuple((each, types.text(each.value)) for each in Transaction if types.has(each.value)),
    )
    types.finish()
    table.finish()
    return core


def _folders(table: Table) -> FolderSettings:
    usual = FolderSettings()
    folders = FolderSettings(
        outbound=table.text("outbound", usual.outbound),
        inbound=table.text("inbound", usual.inbound),
        processed=table.text("processed", usual.processed),
        sent=table.optional_text("sent"),
        suffix=table.text("suffix", usual.suffix),
        names=table.texts("names") if table.has("names") else usual.names,
        temporary=table.texts("temporary") if table.has("temporary") else usual.temporary,
        stable_for=table.duration("stable_for", usual.stable_for),
        incomplete_after=table.duration("incomplete_after", usual.incomplete_after),
        poll_every=table.duration("poll_every", usual.poll_every),
        acknowledge=table.choices("acknowledge", Acknowledging) if table.has("acknowledge") else usual.acknowledge,
    )
    table.finish()
    return folders


def _hours(table: Table) -> Hours:
    usual = Hours(zone=UTC)
    hours = Hours(
        zone=_zone(table, table.text("zone")),
        days=table.choices("days", Weekday) if table.has("days") else usual.days,
        opens=_time(table, "opens") or usual.opens,
        closes=_time(table, "closes"),
        cut_off=_time(table, "cut_off"),
        holidays=frozenset(_date(table, each) for each in table.texts("holidays")),
    )
    table.finish()
    return hours


def _zone(table: Table, name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, OSError, ValueError):  # unknown; a folder of zones; no name of a zone at all
        detail = "is no time zone that this machine knows: give an IANA name such as 'America/New_York'"
        table.fault("zone", "zone", detail)
        return UTC


def _time(table: Table, key: str) -> time | None:
    if not table.has(key):
        return None
    text = table.text(key)
    if _TIME.fullmatch(text):
        return time.fromisoformat(text)
    table.fault(key, "time", "a time of day reads like 06:00 or 17:30")
    return None


def _date(table: Table, text: str) -> date:
    try:
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError:
        table.fault("holidays", "date", "a day reads like 2026-12-25")
        return date.min


def _optional_duration(table: Table, key: str) -> timedelta | None:
    return table.duration(key, timedelta()) if table.has(key) else None


def _portal_field(table: Table) -> PortalField:
    field = PortalField(
        label=table.text("label"),
        source=table.text("source"),
        required=table.flag("required", default=True),
    )
    table.finish()
    return field


def _timing(table: Table, payer_class: str) -> Timing:
    usual, of_class = Timing(), CLASSES[payer_class]
    timing = Timing(
        ask_after=table.durations("ask_after", usual.ask_after),
        ask_when_uncertain=table.durations("ask_when_uncertain", usual.ask_when_uncertain),
        try_again_after=table.durations("try_again_after", usual.try_again_after),
        decides_within=table.duration("decides_within", of_class.decides_within),
        decides_urgent_within=table.duration("decides_urgent_within", of_class.decides_urgent_within),
    )
    table.finish()
    return timing


def _narrowing(table: Table) -> Narrowing:
    narrowing = Narrowing(
        guide=table.text("guide"),
        path=table.text("path"),
        require=table.flag("require"),
        forbid=table.flag("forbid"),
        codes=frozenset(table.texts("codes")) if table.has("codes") else None,
        max_length=table.optional_whole("max_length"),
        max_use=table.optional_whole("max_use"),
        because=table.text("because"),
    )
    table.finish()
    return narrowing


def _playbook(table: Table) -> Playbook:
    playbook = Playbook(
        requires=tuple(_requirement(each) for each in table.tables("requires")),
        required_codes=frozenset(table.texts("required_codes")),
        not_required_codes=frozenset(table.texts("not_required_codes")),
    )
    table.finish()
    return playbook


def _requirement(table: Table) -> tuple[str, str]:
    requirement = table.text("path"), table.text("because")
    table.finish()
    return requirement
