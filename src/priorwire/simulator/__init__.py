"""A clearinghouse and its payers, simulated: our demo, our acceptance partner, and a test double for anybody.

It reads and answers X12 by itself (over `priorwire.x12` alone), so that it is a second opinion
on `priorwire.mapping`. Everything that it says is marked: ISA15 is ``T``, and every HTTP
reply carries ``X-Priorwire-Simulated: 1``. It rejects what is marked as production (TA1 020)
and, by a 999, what its implementation guide forbids. `Credentials` opens it.

Ways in
    ``POST /core/soap``           CAQH CORE vC2.2.0 over SOAP 1.2, real time; WS-Security UsernameToken
    ``POST /x12/{transaction}``   ``{"x12": "ISA…"}``, back ``{"id": …, "x12": …}``; ``X-API-Key`` or a Bearer token
    SMTP                          a fax carrier: one PDF a mail, later a signed status call
    folders           a batch clearinghouse over a folder pair, for tests (`FolderClearinghouse`)
    ``/_control/…``               scenarios, faults, held replies, the clock, the journal (``/_control/docs``)

What it was asked stands in its journal before it answers, and what payers know beside it: a
simulator that was killed and is started over the same journal goes on as if nothing had been
(`journal`). Its payers live by a clock of their own (`PayersClock`).

In a test::

    simulator = Simulator(clock=clock, journal=Journal())
    with serving(Service(simulator)) as addresses:
        ...  # addresses.url, addresses.smtp

Member ids choose the behaviour by how they end (see `scenarios` for the rules of the table):

============== ==========================================================================
ends in        shows
============== ==========================================================================
ELIG1          active; authorization required (EB11 Y)
ELIG0          active; authorization not required (EB11 N); a 278 gets NA
ELIGU          active; the payer does not know (EB11 U)
INACTIVE       coverage inactive (EB01 6); a 278 gets AAA 95
CANNOT         the payer cannot process the inquiry (EB01 V)
NOTFOUND       subscriber not found: AAA 75, correct and resubmit
BIRTHDATE      birth date does not match: AAA 71, correct and resubmit
PAYERDOWN      payer cannot answer now: AAA 42, resubmit the original
ELIGRICH       active; both networks, deductibles and limits with what is left, the procedures by place
ELIGOTHER      active; other payers pay before and beside this one; a primary care provider is named
ELIGFAMILY     active; the family's amounts beside the person's, and visits of which some are used
APPROVE        approved at once: A1, number, units, dates
MODIFY         approved for less: A6 at the event with 60 % of the quantity, A1 at each line
DENY           denied with a reason: A3, 0F (not medically necessary), and a message
MIXED          no decision at the event; lines in turn A1 and A3 0M
PARTIAL        A2 at the event; lines in turn A1 and A3 0F
CONTACT        contact payer: CT, a message and a telephone
NOTREQ         no action required: NA 0H
SILENT         neither HCR nor AAA: nothing may be inferred
PENDINFO       A4 0U with documents and a LOINC question; approved after 3 days
PENDREVIEW     A4 0V (in review); approved after 2 days
PENDFORWARD    A4 0B (with an external organization); approved after 5 days
PENDDENY       A4 0V; denied (A3 0F) after 2 days
PENDMODIFY     A4 0V; approved for 60 % (A6) after 2 days
PENDLONG       A4 0V and never anything else
CANCELLED      the review was withdrawn: C, whatever is asked
DEPNUMBER      approved at once; a dependent comes back with a member number of its own (2010D NM109)
MIXEDAG        no decision at the event; lines in turn A1 and AAA AG C (2000F)
REJECT72       subscriber id invalid: AAA 72 C at 2010C, never reviewed
REJECT43       requester's provider id invalid: AAA 43 C at 2010B
REJECT57       service dates invalid: AAA 57 C at 2000E
REJECT41       the submitter may not ask this payer: AAA 41 N at 2000A
REJECT79       the payer's id is not one of this payer's: AAA 79 N at 2010A
REJECT65       patient's name invalid: AAA 65 C at 2010D
REJECT51       provider of the event not on file: AAA 51 N at 2010EA
REJECT33       the first service cannot be read: AAA 33 C at 2000F
REJECT47       provider of a service licensed in another state: AAA 47 C at 2010FA
============== ==========================================================================

Faults: a member id that ends in a fault's name meets it once with its 270 and once with its 278
request, where it goes by that way, after which all goes as with APPROVE. `faults` is their
catalogue and docs/reference/simulator-faults.md its page; `/_control/faults` orders any of them
for any exchange, ``priorwire sim --faults`` and `/_control/faults/rates` by chance::

    NOTHING REFUSED DROPBEFORE DROPAFTER DROPDURING SILENCE HOLD SLOW DRIP LATE REORDERED
    ANSWERFIRST TWICE SAMENUMBER TOGETHER ACKBEFORETA1 WITHPOISON TRUNCATED HALFRENAMED
    OTHERSUBMITTER WRONGTRACE ALTEREDTRACE MISSINGTRACE ALTEREDREFERENCE MISSINGREFERENCE
    UNIDENTIFIED WRONGMODE TA1REJECT ACK999REJECT AAA42 AAA80 PENDEDFIRST REVERSED HTTP401
    HTTP429 HTTP500 HTTP502 HTTP503 HTTP504 HTML WRONGTYPE SOAPFAULT SOAPSENDER
    RECEIVERDOWN MULTIPART

Where no ending fits, the first of these procedures decides (EB11, and the row for a 278):

============================================= ==== =========
procedure                                     EB11 row
============================================= ==== =========
22633 27130 27447 29881 43644 63047 64483     Y    APPROVE
70450 70551 70553 72148 90867 D7210 E0260     Y    APPROVE
E0470 E0601 E1390 J1745                       Y    APPROVE
36415 71046 80053 85025 99213 99214           N    NOTREQ
22612                                         Y    PENDINFO
97110                                         Y    MODIFY
15823                                         Y    DENY
K0823                                         Y    CONTACT
anything else                                 U    APPROVE
============================================= ==== =========

Fax numbers that end in 0101 are busy, 0102 do not answer, 0103 break off, 0104 are never
reported on, 0105 are refused at once; every other is delivered.

An extension, an appeal, a cancellation and whatever else names an earlier review is rejected (AAA
AA) where the payer has none of that number. A number that begins with ``HELD`` is one that it gave
before the simulator was started: then the member's row decides.

A request with a BHT03 that the payer holds already is answered A3 0Q (duplicate), and its
journal line says so. An inquiry finds a review by REF*BB or REF*NT, by the BHT03 or a TRN02
of the request, or by example (member, requester, procedures, dates); else it gets AAA NC.
"""

from .app import create_app
from .clearinghouse import Credentials, Exchange, Simulator
from .desk import ScenarioOrder
from .fault_book import FaultPlan
from .faults import FAULTS, Fault, FaultOrder, Mishap, Seen, Way
from .fax import FaxOutcome
from .folders import FolderClearinghouse
from .journal import Entry, Journal, JournalUnreadable, read_journal, receipts
from .payers_clock import PayersClock
from .scenarios import SCENARIOS, Scenario, scenario_of
from .server import Addresses, Service, run, serving
from .wire import ConnectionDropped

__all__ = [
    "FAULTS",
    "SCENARIOS",
    "Addresses",
    "ConnectionDropped",
    "Credentials",
    "Entry",
    "Exchange",
    "Fault",
    "FaultOrder",
    "FaultPlan",
    "FaxOutcome",
    "FolderClearinghouse",
    "Journal",
    "JournalUnreadable",
    "Mishap",
    "PayersClock",
    "Scenario",
    "ScenarioOrder",
    "Seen",
    "Service",
    "Simulator",
    "Way",
    "create_app",
    "read_journal",
    "receipts",
    "run",
    "scenario_of",
    "serving",
]
