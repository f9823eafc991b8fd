"""No patient's value leaves by accident: all ten stories and many bad requests, with marked values, then a search.

Marked is whatever a practice, a payer or a person at a portal can say about a patient. What may hold such
values, and is therefore not searched for them:

- the bodies that carry the business itself: X12 and the fax's pages behind its cover on their way to
  the payer, the API's answers below 400 to a caller with a key (the record is what they ask for), and
  ``priorwire inspect``, which shows a file's content to whoever holds the file;
- of ``submit`` and ``status``, the numbers that the payer gave: they are the answer;
- the names of a body's keys: a problem document names the place of a fault by JSON pointer, so an
  unknown key comes back to the caller who wrote it (and goes nowhere else).

Everything else is searched: each log of each process at level DEBUG and in both formats, each problem
document and every header of every answer, webhooks, metrics, every URL and header that the
gateway sent, envelopes around payloads, the fax's mail headers and cover, what commands print, and every
byte of the database, the queue's tables in it, and all other files of the gateway's and the payers' home.
"""

from __future__ import annotations

import base64
import email
import email.policy
import io
import json
import re
import shutil
import smtplib
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from pypdf import PdfReader
from sqlalchemy import make_url

from priorwire import bootstrap
from priorwire.cli.demo_client import Practice
from priorwire.cli.demo_processes import Watch
from priorwire.cli.demo_stories import Play, load_stories
from priorwire.cli.main import main
from priorwire.config import Settings
from priorwire.simulator.wire import SIMULATED_HEADER
from priorwire.store import SqlStore
from tests.acceptance.canaries import Canaries, marked_request, marked_stories
from tests.acceptance.processes import STORIES, House, story_request
from tests.conformance.loopback_peers import Carrier, Peer, answers, read_request, response

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]

FAX_SECRET = "whsec_" + base64.b64encode(b"a secret of this test, 32 bytes.").decode()


# ---------------------------------------------------------------- where it is looked for


@dataclass
class Seen:
    """What came out, by where: all of it is to be free of canaries."""

    places: list[tuple[str, bytes]] = field(default_factory=list)

    def note(self, place: str, content: str | bytes) -> None:
        self.places.append((place, content.encode() if isinstance(content, str) else content))

    def answer(self, answer: httpx2.Response) -> None:
        """Headers of every answer; the body only of a failure, as said above."""
        what = f"{answer.status_code} to {answer.request.method}"
        self.note(f"headers of {what}", repr(answer.headers.multi_items()))
        if answer.status_code >= 400:
            answer.read()
            self.note(f"body of {what}", answer.content)

    def leaks(self, canaries: Canaries) -> list[str]:
        """A line for each place and each canary in it."""
        return sorted({f"{label} in {place}" for place, data in self.places for label in canaries.found_in(data)})

    def content(self, place: str) -> bytes:
        """Everything that was noted under a name."""
        return b"\n".join(data for name, data in self.places if name.startswith(place))


def _passes_on(target: str, peer: Peer, connection: socket.socket) -> None:
    """Listens in on HTTP: notes a request, passes it on, and gives the answer back."""
    request = read_request(connection)
    peer.received.append(request)
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    kept = {name: value for name, value in headers.items() if name.lower() not in ("host", "connection")}
    try:
        answer = httpx2.post(target + first.split()[1], content=body, headers=kept, timeout=30, trust_env=False)
    except httpx2.TransportError:
        return  # the payer dropped it: so do we
    marker = ((SIMULATED_HEADER, "1"),)
    connection.sendall(response(answer.status_code, answer.content, answer.headers["content-type"], marker))


def _mails_on(port: int, peer: Peer, connection: socket.socket) -> None:
    """Listens in on mail: takes one as a carrier does, then hands it to the simulated carrier."""
    carrier = Carrier({".": f"250 2.0.0 queued ({SIMULATED_HEADER})"}, ehlo=("SIZE 20000000", "AUTH PLAIN"))
    carrier(peer, connection)
    recipient = carrier.recipients[0].partition("<")[2].partition(">")[0]
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as onward:
        onward.sendmail("fax@gateway.example", recipient, peer.received[-1])


@dataclass(kw_only=True)
class Taps:
    """Between the gateway and everybody whom it talks to."""

    payers: Peer
    carrier: Peer
    subscriber: Peer

    def note(self, seen: Seen) -> None:
        """What the gateway said to others, less the payload."""
        for request in self.payers.received:
            head, _, body = request.partition(b"\r\n\r\n")
            seen.note("URL and headers to a payer", head)
            seen.note("envelope to a payer", _without_payload(body))
        for request in self.subscriber.received:
            seen.note("webhook", request)
        for mail in self.carrier.received:
            _note_mail(seen, mail)

    @property
    def payloads(self) -> bytes:
        """What payers got, whole."""
        return b"\n".join(self.payers.received)


def _without_payload(body: bytes) -> bytes:
    if body.startswith(b"{"):
        return json.dumps({**json.loads(body), "x12": ""}).encode()
    return re.sub(rb"(<(?:\w+:)?Payload>).*?(</(?:\w+:)?Payload>)", rb"\1\2", body, flags=re.DOTALL)


def _note_mail(seen: Seen, mail: bytes) -> None:
    message = email.message_from_bytes(mail, _class=EmailMessage, policy=email.policy.default)
    for part in message.walk():
        seen.note("fax: headers of the mail and its parts", repr(part.items()))
        if part.get_content_type() == "application/pdf":
            reader = PdfReader(io.BytesIO(bytes(part.get_payload(decode=True) or b"")))
            seen.note("fax: properties of the document", repr(reader.metadata))
            seen.note("fax: cover", reader.pages[0].extract_text())
        elif not part.is_multipart():
            seen.note("fax: text of the mail", str(part.get_payload()))


# ---------------------------------------------------------------- the house, and what is done in it


@pytest.fixture(params=["json", "text"])
def gateway_log(request: pytest.FixtureRequest) -> str:
    """How the API logs; the worker logs the other way."""
    return str(request.param)


@pytest.fixture
def house(tmp_path: Path, gateway_log: str, request: pytest.FixtureRequest) -> Iterator[House]:
    """On SQLite with one format of the API's log, on PostgreSQL with the other."""
    url = request.getfixturevalue("sqlite_url" if gateway_log == "json" else "postgres_url")
    home = tmp_path / "home"
    home.mkdir()
    if gateway_log == "json":
        url = f"sqlite:///{shutil.move(url.removeprefix('sqlite:///'), home)}"
    with House(home, url, settings={"PRIORWIRE_LOG_LEVEL": "DEBUG", "PRIORWIRE_FAX_SECRET": FAX_SECRET}) as opened:
        yield opened


@pytest.fixture
def taps(house: House, gateway_log: str) -> Iterator[Taps]:
    """Everything runs, with a tap on every line that leads out."""
    with ExitStack() as ending:
        house.begin_payers("--callback-url", f"{house.url}/v1/inbound/fax-status")
        house.make_store()
        house.await_payers()
        direct = house.payer_names()["simulator_url"]
        payers = ending.enter_context(Peer(lambda peer, line: _passes_on(direct, peer, line)))
        carrier = ending.enter_context(Peer(lambda peer, line: _mails_on(house.payers["smtp"], peer, line)))
        subscriber = ending.enter_context(Peer(answers(response(204, b"", "text/plain"))))
        house.set_names(
            {
                "simulator_url": f"http://127.0.0.1:{payers.port}",
                "simulator_smtp": f"smtp://127.0.0.1:{carrier.port}",
            }
        )
        house.begin_gateway({"PRIORWIRE_LOG_FORMAT": gateway_log})
        house.begin_worker("north", {"PRIORWIRE_LOG_FORMAT": "text" if gateway_log == "json" else "json"})
        house.await_ready("gateway", "north")
        yield Taps(payers=payers, carrier=carrier, subscriber=subscriber)


def _play(house: House, taps: Taps, stories: Path, seen: Seen) -> list[dict[str, Any]]:
    """Play every story as the demo does; the rows of its table."""
    with Practice(house.url, house.key, house.payer_names()["simulator_url"]) as practice:
        practice._gateway.event_hooks = {"response": [seen.answer]}
        practice.subscribe(f"http://127.0.0.1:{taps.subscriber.port}/changes")
        play = Play(load_stories(stories), practice, house.clock, Watch(), lambda *_: None)
        play.play()
        return [run.row() for run in play.runs]


def _attach(house: House, canaries: Canaries, seen: Seen) -> None:
    """A document goes out and is acknowledged; another meets a fault, and waits for a person."""
    request = marked_request(story_request("03"), 13, canaries)
    request["payer_id"] = "northwind-health"
    request["attachments"] = [{"report_type": "RR", "description": canaries.mark("announcement", "QZANNOUNCED")}]
    view = house.submit(request)
    path = f"/v1/authorizations/{view['id']}/attachments"
    for number, fault in enumerate((None, "ack_999_reject", "http_504")):
        if fault:
            house.order_fault(fault, "275")
        document = {
            "text": canaries.mark(f"document {number}", f"QZDOCUMENT{number} ROD AND SCREWS"),
            "description": canaries.mark(f"description {number}", f"QZDESCRIBED{number}"),
        }
        answer = house.call("POST", path, json=document)
        assert answer.json()["state"] == {None: "acknowledged", "ack_999_reject": "refused"}.get(fault, "uncertain")
    for item in house.call("GET", "/v1/work-items").json():
        seen.note("instructions of a work item", item["instructions"])


def _bad_bodies(canaries: Canaries) -> Iterator[dict[str, Any]]:
    """Requests that are wrong at one place each, with a marked value there."""
    good = marked_request(story_request("03"), 3, canaries)
    bad = canaries.mark("wrong value", "QZWRONG")
    faults: tuple[tuple[str, object], ...] = (
        ("subscriber/birth_date", bad),
        ("subscriber/birth_date", "1937-13-45" + bad),
        ("subscriber/gender", bad),
        ("subscriber/member_id", bad * 20),
        ("subscriber/member_id", f"{bad}~*:^"),
        ("subscriber/member_id", [bad]),
        ("subscriber/name/last", f"{bad}*~"),
        ("subscriber/name/last", f"{bad}\u540d\u524d"),
        ("subscriber/name/last", f"{bad}\u0000\u001b"),
        ("subscriber/name", bad),
        ("subscriber/unknown", bad),
        ("subscriber/address/postal_code", bad),
        ("subscriber/address/state", bad),
        ("subscriber", bad),
        ("unknown", {"deep": bad}),
        ("service_type", bad),
        ("urgency", bad),
        ("diagnoses/0/code", f"{bad}!"),
        ("diagnoses/0/on", bad),
        ("diagnoses", bad),
        ("services/0/procedure/code", f"{bad}-{bad}"),
        ("services/0/procedure/modifiers", [bad]),
        ("services/0/quantity/value", bad),
        ("services/0/dates", {"start": "2026-12-14", "end": "2026-12-01", "unknown": bad}),
        ("services", {"first": bad}),
        ("note", bad * 50),
        ("note", f"{bad}~"),
        ("requester/npi", bad),
        ("requester/person", {"last": bad}),
        ("payer_id", f"{bad.lower()}-payer"),
        ("payer_id", bad),
        ("corrects", bad),
        ("intended_duplicate", bad),
    )
    for path, value in faults:
        body = deepcopy(good)
        *parents, last = path.split("/")
        place: Any = body
        for each in parents:
            place = place[int(each)] if each.isdigit() else place[each]
        place[last] = value
        yield body


def _bad_calls(canaries: Canaries) -> list[tuple[str, str, dict[str, Any]]]:
    """Every kind of wrong call with marked values in it."""
    bad = canaries.mark("wrong value", "QZWRONG")
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"/v1/{path}", {"json": body})
        for body in _bad_bodies(canaries)
        for path in ("authorizations", "eligibility-checks")
    ]
    json_type = {"content-type": "application/json"}
    calls += [
        ("POST", "/v1/authorizations", {"content": f'{{"note": "{bad}', "headers": json_type}),
        ("POST", "/v1/authorizations", {"content": f'"{bad}"', "headers": json_type}),
        ("POST", "/v1/authorizations", {"content": bad.encode() + b"\xff\xfe", "headers": json_type}),
        ("POST", "/v1/authorizations", {"content": bad, "headers": {"content-type": "text/plain"}}),
        ("POST", "/v1/authorizations", {"json": {}, "headers": {"Idempotency-Key": bad * 50}}),
        ("GET", f"/v1/authorizations/{bad}", {}),
        ("GET", f"/v1/eligibility-checks/{bad}", {}),
        ("GET", f"/v1/work-items/{bad}", {}),
        ("GET", f"/v1/{bad}", {}),
        ("DELETE", f"/v1/authorizations/{bad}", {}),
        ("GET", f"/v1/authorizations/{bad}?include={bad}", {}),
        ("GET", f"/v1/authorizations?limit={bad}", {}),
        ("GET", f"/v1/authorizations?page_token={bad}", {}),
        ("GET", f"/v1/work-items?state={bad}", {}),
        ("GET", "/v1/authorizations", {"headers": {"Authorization": f"Bearer {bad}"}}),
        ("GET", "/v1/authorizations", {"headers": {"Authorization": bad}}),
        ("POST", "/v1/webhooks", {"json": {"url": f"ftp://{bad}"}}),
        ("POST", f"/v1/work-items/{bad}/complete", {"json": {"outcome": "dismissed", "note": bad}}),
        ("POST", f"/v1/work-items/{bad}/complete", {"json": {"outcome": bad, "quantity": bad}}),
        ("POST", f"/v1/work-items/{bad}/complete", {"json": {"outcome": "denied", "attachments": [f"{bad}!"]}}),
        ("POST", f"/v1/work-items/{bad}/complete", {"json": {"outcome": "denied", "attachments": [bad + "="]}}),
        ("POST", f"/v1/authorizations/{bad}/attachments", {"json": {"text": bad}}),
        ("POST", "/v1/authorizations/auth_0/attachments", {"json": {"content": bad, "loinc": bad, "report_type": bad}}),
        ("POST", f"/v1/authorizations/auth_0/attachments/{bad}/report", {"json": {"payer_has_it": bad}}),
        ("POST", "/v1/inbound/fax-status", {"json": {"reference": bad}, "headers": {"webhook-id": bad}}),
        # Nothing is wrong with these but that they came before.
        ("POST", "/v1/authorizations", {"json": marked_request(story_request("03"), 3, canaries)}),
        (
            "POST",
            "/v1/authorizations",
            {
                "json": marked_request(story_request("04"), 4, canaries),
                "headers": {"Idempotency-Key": "demo-03-approved-at-once-0"},
            },
        ),
    ]
    return calls


def _ask_badly(house: House, canaries: Canaries, seen: Seen) -> None:
    calls = _bad_calls(canaries)
    taken = 0
    for method, path, how in calls:
        answer = house.call(method, path, **how)
        assert answer.status_code < 500, f"{method} {path[:20]} broke the gateway"
        taken += answer.is_success
        seen.answer(answer)
    # Texts with characters that X12 does not have are taken, and written without them.
    assert taken < len(calls) / 10, "these calls are to be refused"
    key = canaries.mark("unknown key", "QZKEY")
    assert house.call("POST", "/v1/authorizations", json={key: 1}).status_code == 422  # its body alone may name it
    seen.note("metrics", house.call("GET", "/metrics").content)


def _commands(folder: Path, canaries: Canaries, authorization: str) -> Iterator[list[str]]:
    """Commands over marked files and ids, all of whose output is searched."""
    bad = canaries.mark("wrong value", "QZWRONG")
    whole = (STORIES / "03-approved-at-once" / "outbound.x12").read_text(encoding="ascii").replace("SAMPLE", bad)
    files = {
        "marked.x12": whole,
        "truncated.x12": whole[: whole.index(bad) + len(bad)],
        "date.x12": whole.replace("19580123", bad),
        "code.x12": whole.replace("HI*", f"HI*{bad}:{bad}*"),
        "segment.x12": whole.replace("~DMG", f"~{bad}*{bad}~DMG"),
        "element.x12": whole.replace("DMG*D8", f"DMG*{bad}").replace("*F~", f"*{bad}~"),
        "counts.x12": whole.replace("~SE*", f"~SE*{bad}"),
        "not.x12": f"{bad} is no interchange",
        "request.json": json.dumps({"subscriber": {"member_id": [bad]}, "note": bad * 50}),
        "broken.json": f'{{"note": "{bad}',
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="ascii")
    x12 = [str(folder / name) for name in files if name.endswith(".x12")]
    requests = [str(folder / name) for name in files if name.endswith(".json")]
    yield from (["validate", *x12, *option] for option in ([], ["--json"]))
    yield from (["ack", each, *option] for each in x12 for option in ([], ["--json"]))
    yield from (["submit", each, *option] for each in requests for option in ([], ["--json"]))
    yield from (["submit", "--eligibility", each] for each in requests)
    for text in (authorization, f"auth_{bad}", f"work_{bad}", bad):
        yield ["status", text]
    yield ["status", f"auth_{bad}", "--json"]
    yield ["attach", authorization, str(folder / "not.x12"), "--text", "--control-number", bad]
    yield ["attach", f"auth_{bad}", str(folder / "not.x12")]
    yield ["replay", authorization]
    yield ["replay", "--since", "2026-01-01T00:00:00", "--json"]
    yield ["replay", f"auth_{bad}"]
    yield ["db", "audit"]


@pytest.fixture
def at_a_terminal(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands of this process meet the house's settings; the stores that they leave open are closed."""
    for name, value in house.environment().items():
        if name.startswith("PRIORWIRE_"):
            monkeypatch.setenv(name, value)
    opened: list[SqlStore] = []
    make_store = bootstrap.make_store

    def make_and_note(settings: Settings) -> SqlStore:
        opened.append(make_store(settings))
        return opened[-1]

    monkeypatch.setattr(bootstrap, "make_store", make_and_note)
    yield
    for store in opened:
        store.close()


def _command(arguments: list[str], seen: Seen, capsys: pytest.CaptureFixture[str]) -> None:
    main(arguments)
    printed = capsys.readouterr()
    seen.note(f"output of {arguments[0]}", printed.out)
    seen.note(f"errors of {arguments[0]}", printed.err)


def _inspected(folder: Path, seen: Seen, capsys: pytest.CaptureFixture[str]) -> None:
    """``inspect`` may show the record; its findings and errors may show nothing."""
    main(["inspect", "--json", *(str(each) for each in sorted(folder.glob("*.x12")))])
    printed = capsys.readouterr()
    for line in printed.out.splitlines():
        seen.note("findings of inspect", json.dumps({**json.loads(line), "record": None}))
    seen.note("errors of inspect", printed.err)


def _stored(house: House, seen: Seen, url: str) -> None:
    """Every file of the home folder (logs, journal, an SQLite database with its log), or every row of PostgreSQL."""
    for file in sorted(each for each in house.home.rglob("*") if each.is_file()):
        seen.note(f"file {file.name}", file.read_bytes())
    if url.startswith("postgresql"):
        with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as line:
            tables = line.execute(
                "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables "
                "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
            ).fetchall()
            for (table,) in tables:
                rows = line.execute(f"SELECT * FROM {table}".encode("ascii")).fetchall()
                seen.note(f"table {table}", b"\n".join(_readable(value) for row in rows for value in row))


def _readable(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


# ---------------------------------------------------------------- the test


def test_no_patients_value_is_found_where_it_does_not_belong(
    taps: Taps, house: House, at_a_terminal: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    canaries, seen = Canaries(), Seen()
    stories = marked_stories(tmp_path / "stories", canaries)
    rows = _play(house, taps, stories, seen)
    expected = {each.name: each.expected["outcome"]["status"] for each in load_stories(stories)}
    assert {row["story"]: row["status"] for row in rows} == expected
    _attach(house, canaries, seen)
    _ask_badly(house, canaries, seen)
    found = house.call("GET", "/v1/authorizations", params={"limit": 200}).json()["items"]
    authorization = next(each["id"] for each in found if each["status"] == "approved")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for arguments in _commands(scratch, canaries, authorization):
        _command(arguments, seen, capsys)
    _inspected(scratch, seen, capsys)
    taps.note(seen)
    _stored(house, seen, house.environment()["PRIORWIRE_DATABASE_URL"])
    _assert_the_search_finds(canaries, taps, seen)
    for row in rows:
        for name in ("authorization_number", "administrative_reference"):
            if row[name]:
                canaries.mark(f"{name} of {row['story']}", row[name])
    leaks = [each for each in seen.leaks(canaries) if not each.endswith("in output of status")]
    assert leaks == []


def _assert_the_search_finds(canaries: Canaries, taps: Taps, seen: Seen) -> None:
    """The search would find them, and looked at what it should have looked at."""
    assert {"last name 3", "note 5", "diagnosis 6", "birth date 1"} <= set(canaries.found_in(taps.payloads))
    for before in (b"", b"x", b"xy"):
        assert canaries.found_in(base64.b64encode(before + b"QZTYPED10 BY HAND!")) == ["note of a person"]
    assert b"Pages" in seen.content("fax: cover")
    assert b"X-Priorwire-Reference" in seen.content("fax: headers")
    assert b"authorization.updated" in seen.content("webhook")
    assert b"priorwire_actions" in seen.content("metrics")
    assert b"transaction moved" in seen.content("file gateway.log")
    assert b"278-request" in seen.content("file journal.jsonl")
    assert b"northwind-health" in seen.content("file priorwire.db") + seen.content("table public.transactions")
    assert b"This is required" in seen.content("body of 422") + seen.content("errors of submit")
