"""The generated page about what the simulated payers can do wrong."""

from __future__ import annotations

from collections.abc import Iterator

from priorwire.simulator.fault_book import ORDERED_ONLY
from priorwire.simulator.faults import FAULTS, Fault, FaultRow, Seen, Way

_WAYS = {Way.CORE: "SOAP", Way.REST: "REST", Way.FOLDER: "folders"}


def faults_page(made: str) -> str:
    return "\n".join(
        (
            "# Faults of the simulated payers",
            "",
            made,
            "",
            "What `priorwire sim` and the folder pair of the tests can do wrong on purpose. *Reaches the payer* is the",
            "column that matters: after such a fault the payer holds the request although its sender may never learn",
            "it, and a 278 must not be sent again; after any other the payer knows nothing of it.",
            "",
            "A fault is met for one of three reasons, looked for in this order: somebody ordered it for the next",
            "messages that fit (`POST /_control/faults`); the member id ends in its name in capitals, without the",
            "underscores (once for its 270 and once for its 278 request); or by chance, with rates from",
            "`priorwire sim --faults drop_after=0.02,late=0.05` or `PUT /_control/faults/rates`. Chance is drawn from",
            "the seed and from the message's own kind and reference: the same traffic meets the same faults in",
            "whatever order it comes, and after a restart over the same journal too. A fault that cannot happen on a",
            "message's way is not met.",
            "",
            "| Fault | What goes wrong | By | Reaches the payer | Who waits sees |",
            "|---|---|---|---|---|",
            *_rows(),
            "",
            f"By order only: {', '.join(f'`{fault.value}`' for fault in Fault if fault in ORDERED_ONLY)}. Seconds of",
            "`hold`, `slow` and `drip` are real ones; days pass by the payers' own clock (`PUT /_control/clock`),",
            "which runs apart from the gateway's. `drop_during` cuts the reply after the byte `cut_at`, else in its",
            "middle.",
            "",
        )
    )


def _rows() -> Iterator[str]:
    for fault, row in FAULTS.items():
        seen = "nothing, or nothing that can be read" if row.seen is Seen.NOTHING else row.seen.value
        waits = seen if row.ways & {Way.CORE, Way.REST} else "nobody waits"
        yield f"| `{fault.value}` | {_says(row)} | {_ways(row)} | {'yes' if row.reaches_payer else 'no'} | {waits} |"


def _says(row: FaultRow) -> str:
    kinds = f" ({', '.join(sorted(row.kinds))} only)" if row.kinds else ""
    return f"{row.says[0].upper()}{row.says[1:]}{kinds}"


def _ways(row: FaultRow) -> str:
    return ", ".join(name for way, name in _WAYS.items() if way in row.ways)
