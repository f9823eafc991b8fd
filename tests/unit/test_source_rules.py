"""Rules of the source that no import contract can state, checked on its syntax tree.

Each rule says what it is for; each exception stands in a table with its reason, and an
exception that is no longer needed fails as loudly as a new breach.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import priorwire
from priorwire import errors, observability, x12
from priorwire.x12.guide import Loop, Use
from priorwire.x12.guides import guides

SOURCE = Path(priorwire.__file__).parent


@dataclass(frozen=True)
class Module:
    #: Path under ``src/priorwire``.
    path: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}"

    @property
    def room(self) -> str:
        return self.path.partition("/")[0]


@cache
def modules() -> tuple[Module, ...]:
    found = sorted(SOURCE.rglob("*.py"))
    return tuple(Module(path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))) for path in found)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of a name or an attribute, else the empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def assert_only(breaches: dict[tuple[str, str], str], allowed: dict[tuple[str, str], str]) -> None:
    """Every breach is an allowed one, and every allowance is used."""
    new = [place for key, place in breaches.items() if key not in allowed]
    unused = [f"{path}: {what}" for path, what in allowed if (path, what) not in breaches]
    assert not new, "breaches:\n" + "\n".join(new)
    assert not unused, "exceptions that nothing needs any more:\n" + "\n".join(unused)


# ---------------------------------------------------------------- one folder translates

#: Where a segment's name may meet a business word, or stands for itself.
SPEAK_X12 = frozenset({"x12", "mapping", "simulator", "crosscheck", "bench"})
ENVELOPE = ("ISA", "GS", "ST", "SE", "GE", "IEA", "TA1")

SEGMENT_NAMES_ALLOWED = {
    ("channels/core_envelope.py", "ISA"): "whether an envelope carries X12 at all is seen by how it begins",
    ("channels/rest_x12.py", "ISA"): "as in core_envelope",
    ("payers/rules.py", "must be exactly ten capital letters and digits (TRN03)"): (
        "told to the author of a companion guide, who looks the element up by that name"
    ),
    ("gateway/reading.py", "TA1"): "the kind of a message, as '999' is; a TA1 has no other name",
}


@cache
def x12_names() -> tuple[frozenset[str], frozenset[str]]:
    """Ids of all segments and of all loops that the guides have."""
    segments, loops = set(ENVELOPE), set()
    open_loops: list[Loop] = [each.root for each in guides()]
    while open_loops:
        loop = open_loops.pop()
        loops.add(loop.id)
        for part in loop.parts:
            if isinstance(part, Use):
                segments.add(part.id)
            else:
                open_loops.append(part)
    return frozenset(segments), frozenset(each for each in loops if re.fullmatch(r"\d{4}[A-Z]*", each))


def docstrings(tree: ast.Module) -> set[ast.AST]:
    owners = [
        tree,
        *(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)),
    ]
    firsts = [owner.body[0] for owner in owners if owner.body]
    return {first.value for first in firsts if isinstance(first, ast.Expr)}


def literals(module: Module) -> Iterator[tuple[ast.Constant, str]]:
    skipped = docstrings(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and node not in skipped:
            if isinstance(node.value, str):
                yield node, node.value
            elif isinstance(node.value, bytes):
                yield node, node.value.decode("latin-1")


def test_segments_and_loops_are_named_by_the_engine_the_mapping_and_the_simulator_only() -> None:
    segments, loops = x12_names()
    assert {"NM1", "HCR", "AAA", "HL"} <= segments
    assert {"2010C", "2000E"} <= loops
    inside = re.compile(rf"\b(?:{'|'.join(sorted(segments))})(?:0[1-9]|[1-4]\d)\b|\b(?:{'|'.join(sorted(loops))})\b")
    breaches = {}
    for module in modules():
        if module.room in SPEAK_X12:
            continue
        for node, text in literals(module):
            if text in segments or inside.search(text):
                breaches[module.path, text] = f"{module.at(node)}: {text!r}"
    assert_only(breaches, SEGMENT_NAMES_ALLOWED)


# ---------------------------------------------------------------- say where, never what

LOG_METHODS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})
LOGGERS = frozenset({"_log", "_LOG", "log", "logger", "logging"})
#: Functions that give the extra fields of a failure, and which.
FIELDS_OF = {"described": frozenset({"error", "place"})}

#: Names under which a patient's value, or something that may hold one, goes about in this project.
MAY_NAME_A_PATIENT = frozenset(
    {
        "value", "values", "text", "payload", "body", "data", "raw", "record", "said", "request", "response", "reply",
        "element", "elements", "component", "components", "repeats", "content",
        "member_id", "subscriber", "dependent", "patient", "person", "birth_date", "gender", "first", "last",
        "address", "line1", "city", "postal_code", "telephone", "fax", "email", "contact", "npi", "group_number",
        "diagnosis", "diagnoses", "procedure", "note", "messages", "authorization_number",
        "administrative_reference", "client_reference", "idempotency_key", "input", "secret", "password",
    }
)  # fmt: skip
#: A value of one of our own enumerations, by the name of what holds it.
ENUMERATIONS = frozenset(
    {
        "state", "event", "delivery", "review", "status", "kind", "transaction", "environment", "channel", "outcome",
        "failure", "verdict", "direction", "purpose", "severity", "unit",
    }
)  # fmt: skip

MESSAGES_ALLOWED: dict[tuple[str, str], str] = {
    ("x12/guides/notation.py", "text"): "a guide's own source, read when its module is imported; no message is near",
}

#: Beside raising: what makes a sentence that somebody is shown.
SENTENCES = frozenset({"Fault", "Task", "NoMatch", "Issue", "NotSent", "Refused", "Uncertain", "AuditRow", "Deadline"})


def identifiers(expression: ast.expr) -> Iterator[str]:
    """The names that an expression's text may come from: the last part of each, calls by their function."""
    match expression:
        case ast.Attribute(value=inner, attr="value") if dotted(inner).rpartition(".")[2] in ENUMERATIONS:
            return
        case ast.Attribute(attr=name) | ast.Name(id=name):
            if name != "__name__":
                yield name
        case ast.Call():
            yield from identifiers_of_call(expression)
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element):
            yield from identifiers(element)
        case ast.IfExp() | ast.BoolOp() | ast.BinOp() | ast.Subscript() | ast.JoinedStr() | ast.FormattedValue():
            for child in ast.iter_child_nodes(expression):
                if isinstance(child, ast.expr):
                    yield from identifiers(child)


def identifiers_of_call(call: ast.Call) -> Iterator[str]:
    name = dotted(call.func).rpartition(".")[2]
    if name in ("len", "type"):
        return
    yield name
    for argument in call.args:
        yield from identifiers(argument)
    if isinstance(call.func, ast.Attribute) and name in ("strip", "rstrip", "lower", "upper", "format"):
        yield from identifiers(call.func.value)


def shown(call: ast.Call) -> Iterator[ast.expr]:
    """Everything that is interpolated into the texts that a call is given."""
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for node in ast.walk(argument):
            if isinstance(node, ast.FormattedValue):
                yield node.value


def our_errors() -> frozenset[str]:
    return frozenset(
        name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)
    )


def test_no_message_is_made_of_something_that_may_name_a_patient() -> None:
    assert "NoRoute" in our_errors()
    built_in = {"ValueError", "TypeError", "RuntimeError", "KeyError", "LookupError", "BadParameter"}
    tells = our_errors() | SENTENCES | built_in
    breaches = {}
    for module in modules():
        for call in calls(module.tree):
            if dotted(call.func).rpartition(".")[2] not in tells:
                continue
            for expression in shown(call):
                if MAY_NAME_A_PATIENT & set(identifiers(expression)):
                    source = ast.unparse(expression)
                    breaches[module.path, source] = f"{module.at(call)}: {{{source}}}"
    assert_only(breaches, MESSAGES_ALLOWED)


def log_calls(module: Module) -> Iterator[ast.Call]:
    for call in calls(module.tree):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in LOG_METHODS
            and dotted(call.func.value) in LOGGERS
        ):
            yield call


def dict_of(module: Module, name: str) -> ast.Dict | None:
    """The dictionary that a local name was bound to."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    return node.value
    return None


def extra_fields(module: Module, extra: ast.expr) -> Iterator[tuple[str, ast.expr | None]]:
    """Each field that a log call adds: its name, and the expression of its value where it is written out."""
    if isinstance(extra, ast.Name):
        found = dict_of(module, extra.id)
        if found is None:
            yield f"(what {extra.id} holds cannot be seen)", None
        else:
            yield from extra_fields(module, found)
    elif isinstance(extra, ast.Call) and dotted(extra.func) in FIELDS_OF:
        yield from ((name, None) for name in FIELDS_OF[dotted(extra.func)])
    elif isinstance(extra, ast.Dict):
        for key, value in zip(extra.keys, extra.values, strict=True):
            if key is None:
                yield from extra_fields(module, value)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
            else:
                yield "(a key that is computed)", value
    else:
        yield "(fields that cannot be seen)", None


def is_a_types_name(expression: ast.expr) -> bool:
    return bool(re.fullmatch(r"type\(\w+\)\.__name__", ast.unparse(expression)))


def log_faults(module: Module, call: ast.Call) -> Iterator[str]:
    function = call.func
    assert isinstance(function, ast.Attribute)
    if function.attr == "exception":
        yield "a traceback prints the exception's text"
    sentence, *arguments = call.args
    if not (isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)):
        yield "the sentence must be a fixed text"
    if not all(is_a_types_name(each) for each in arguments):
        yield "only the name of a type may be put into the sentence"
    for keyword in call.keywords:
        if keyword.arg != "extra":
            yield f"{keyword.arg} is not allowed"
            continue
        for name, value in extra_fields(module, keyword.value):
            if name not in observability.LOGGED:
                yield f"the field {name} is not one of observability.LOGGED"
            if value is not None and MAY_NAME_A_PATIENT & set(identifiers(value)):
                yield f"the field {name} may hold a patient's value: {ast.unparse(value)}"


def test_a_log_line_is_a_fixed_sentence_with_fields_that_are_listed() -> None:
    found = [(module, call) for module in modules() for call in log_calls(module)]
    assert len(found) > 10, "the log calls were not found: the rule would hold of nothing"
    faults = [f"{module.at(call)}: {fault}" for module, call in found for fault in log_faults(module, call)]
    assert not faults, "\n".join(faults)


def test_log_calls_are_recognised_by_the_name_of_the_logger() -> None:
    for module in modules():
        for node in ast.walk(module.tree):
            if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
                continue
            if dotted(node.value.func) == "logging.getLogger" and [*map(dotted, node.value.args)] == ["__name__"]:
                names = {dotted(target) for target in node.targets}
                assert names <= LOGGERS, f"{module.at(node)}: call it _log, so that its calls are looked at"


def test_the_engine_the_words_and_the_mapping_do_not_log() -> None:
    silent = {"x12", "model", "mapping", "payers"}
    faults = [module.at(call) for module in modules() if module.room in silent for call in log_calls(module)]
    assert not faults, "\n".join(faults)


def test_a_metric_is_labelled_with_states_and_actions_only() -> None:
    allowed = {"action", "state", "kind", "channel", "status", "outcome"}
    for module in modules():
        for call in calls(module.tree):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "labels":
                given = {keyword.arg for keyword in call.keywords}
                assert not call.args, f"{module.at(call)}: labels are given by name"
                assert given <= allowed, f"{module.at(call)}: {sorted(map(str, given - allowed))}"


# ---------------------------------------------------------------- one step, one transaction


def test_one_module_commits() -> None:
    committing = {
        module.path for module in modules() for call in calls(module.tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    }  # fmt: skip
    assert committing == {"store/unit_of_work.py"}


# ---------------------------------------------------------------- time and randomness

READS_TIME_OR_CHANCE = re.compile(
    r"(?:datetime\.)?(?:datetime|date)\.(?:now|utcnow|today)"
    r"|time\.(?:time|time_ns|monotonic|monotonic_ns|perf_counter|sleep|localtime|gmtime)"
    r"|(?:uuid\.)?uuid[1-8]|os\.urandom|secrets\.(?!compare_digest)\w+|random\.\w+|Random|SystemRandom|AESGCM\.generate_key"
    r"|monotonic|urandom|token_bytes|token_hex|token_urlsafe|randbits"
)

TIME_AND_CHANCE_ALLOWED = {
    ("cli/demo_run.py", "time.monotonic"): "how long the demo took, in the watcher's own time",
    ("cli/demo_processes.py", "time.monotonic"): "waits for processes that it started, in real time",
    ("cli/demo_stage.py", "secrets.token_bytes"): "key material",
    ("api/correlation.py", "uuid.uuid4"): "a correlation id belongs to one HTTP exchange and is not stored",
    ("api/routes/webhooks.py", "secrets.token_bytes"): "key material",
    ("bench/timing.py", "time.perf_counter"): "measures",
    ("bench/month.py", "time.monotonic"): "how long a simulated month took, in real time",
    ("bench/month_office.py", "Random"): "seeded: the same seed, the same practice",
    ("bench/open_cases.py", "Random"): "seeded: the same seed gives the same cases",
    ("bench/stray_replies.py", "Random"): "seeded: the same seed gives the same replies",
    ("chaos/harness.py", "Random"): "seeded: the same seed kills at the same places",
    ("chaos/harness.py", "time.monotonic"): "how long a run took, in real time",
    ("chaos/harness.py", "time.sleep"): "waits for a database that was stopped, in real time",
    ("chaos/node.py", "time.monotonic"): "how long a forked node lives, in real time",
    ("chaos/node.py", "time.sleep"): "as above",
    ("chaos/payers.py", "Random"): "seeded: the same seed, the same faults",
    ("chaos/payers.py", "time.monotonic"): "a payers' process looks into a folder, in real time",
    ("chaos/payers.py", "time.sleep"): "as above",
    ("chaos/processes.py", "time.monotonic"): "waits for processes that it started, in real time",
    ("chaos/processes.py", "time.sleep"): "as above",
    ("chaos/stage.py", "Random"): "draws the same rehearsal always",
    ("channels/http.py", "monotonic"): "ends a read that has begun; the injected clock may stand still",
    ("channels/webhook_out.py", "monotonic"): "as in channels/http",
    (
        "engine/database.py",
        "time.monotonic",
    ): "waits for another process, in real time whatever the injected clock says",
    ("engine/database.py", "time.sleep"): "as above",
    ("engine/dbos_queue.py", "uuid.uuid4"): "tells two executions of one job apart; means nothing outside the queue",
    ("simulator/fault_book.py", "Random"): "seeded: the same seed and reference draw the same fault",
    ("simulator/journal.py", "secrets.token_bytes"): "key material and nonces",
    ("store/key_ring.py", "secrets.token_bytes"): "key material",
    ("store/vault.py", "secrets.token_bytes"): "nonces",
    ("store/vault.py", "AESGCM.generate_key"): "key material",
    ("write_lock.py", "time.monotonic"): "waits for another process, in real time whatever the injected clock says",
    ("write_lock.py", "time.sleep"): "as above",
}


def test_only_the_clock_reads_time_and_randomness() -> None:
    breaches = {}
    for module in modules():
        if module.path == "clock.py":
            continue
        for call in calls(module.tree):
            name = dotted(call.func)
            if READS_TIME_OR_CHANCE.fullmatch(name):
                breaches[module.path, name] = f"{module.at(call)}: {name}()"
    assert_only(breaches, TIME_AND_CHANCE_ALLOWED)


# ---------------------------------------------------------------- shape


def test_no_module_is_named_after_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "tools"}
    assert not [module.path for module in modules() if empty & set(re.split(r"[/_.]", module.path))]


def is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or dotted(kind) in ("Exception", "BaseException") for kind in kinds)


def test_nothing_swallows_every_exception() -> None:
    faults = []
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler) and is_broad(node):
                if all(isinstance(each, ast.Pass | ast.Continue) or _is_ellipsis(each) for each in node.body):
                    faults.append(module.at(node))
            elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "suppress":
                faults += [module.at(node) for kind in node.args if dotted(kind) in ("Exception", "BaseException")]
    assert not faults, "\n".join(faults)


def _is_ellipsis(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK|for now|in a real system)\b", re.IGNORECASE)
    faults = [
        f"{path.relative_to(SOURCE)}:{number}"
        for path in sorted(SOURCE.rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if words.search(line)
    ]
    assert not faults, "\n".join(faults)


def test_what_the_engine_declares_public_is_what_it_has() -> None:
    tree = next(module.tree for module in modules() if module.path == "x12/__init__.py")
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    }
    assert set(x12.__all__) == imported
    assert len(x12.__all__) == len(set(x12.__all__))
    assert all(hasattr(x12, name) for name in x12.__all__)
