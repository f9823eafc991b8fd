"""Hypothesis strategies for bodies as a practice might send them: made from the JSON schema that we publish.

What the schema cannot say (which fields go together) is left to chance, so that many bodies are
refused; what is drawn beside a field that its schema allows is now and then a little too long.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from priorwire.api.schemas.requests import AuthorizationIn, EligibilityIn
from tests.strategies_values import days, npis

Json = Any
_LETTERS = string.ascii_letters + string.digits
#: Blanks, letters that need spelling, signs that grow when they are spelled, and X12's own.
_TEXT = _LETTERS + " -'.,()/äÖßéŁ%#@&<>*:^~|_"
#: Of a list no more, whatever it may hold.
_ITEMS = 3


@cache
def _definitions(body: type[BaseModel]) -> Mapping[str, Json]:
    schema = body.model_json_schema()
    return {**schema.get("$defs", {}), "": schema}


def bodies(body: type[AuthorizationIn | EligibilityIn], least: Mapping[str, Json]) -> st.SearchStrategy[Json]:
    """The least body with some of everything else that the schema of `body` allows."""
    defined = _definitions(body)
    fields = defined[""]["properties"]
    fixed = {"payer_id", "corrects", "intended_duplicate"}

    @st.composite
    def made(draw: st.DrawFn) -> Json:
        names = draw(st.lists(st.sampled_from(sorted(fields.keys() - fixed)), max_size=5, unique=True))
        return {**least, **{name: draw(_made(fields[name], body, name)) for name in names}}

    return made()


def _made(schema: Mapping[str, Json], body: type[BaseModel], name: str = "") -> st.SearchStrategy[Json]:
    """Values of a schema; `name` is the field that they are of."""
    if "$ref" in schema:
        return _made(_definitions(body)[schema["$ref"].rpartition("/")[2]], body, name)
    if "anyOf" in schema:
        kinds = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return _number(schema["anyOf"]) if len(kinds) > 1 else _made(kinds[0], body, name)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "object":
        return st.deferred(lambda: _object(schema, body))
    if schema.get("type") == "array":
        most = min(schema.get("maxItems", _ITEMS), _ITEMS)
        return st.lists(_made(schema["items"], body, name), min_size=schema.get("minItems", 0), max_size=most)
    return _value(schema, name)


def _value(schema: Mapping[str, Json], name: str) -> st.SearchStrategy[Json]:
    match schema.get("type"):
        case "integer":
            return st.integers(schema.get("minimum", 0), schema.get("maximum", 99))
        case "boolean":
            return st.booleans()
        case _:
            return _text(schema, name)


@st.composite
def _object(draw: st.DrawFn, schema: Mapping[str, Json], body: type[BaseModel]) -> Json:
    required = schema.get("required", [])
    optional = sorted(schema["properties"].keys() - set(required))
    names = draw(st.lists(st.sampled_from(optional), max_size=3, unique=True)) if optional else []
    return {name: draw(_made(schema["properties"][name], body, name)) for name in (*required, *names)}


def _text(schema: Mapping[str, Json], name: str) -> st.SearchStrategy[str]:
    if name == "npi":
        return npis()
    if schema.get("format") == "date":
        return days().map(str) | st.sampled_from(["0001-01-01", "1850-01-01", "9999-12-31"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].replace("$", r"\Z"))
    longest = schema.get("maxLength", 20)
    plain = st.text(_LETTERS, min_size=min(schema.get("minLength", 0), longest), max_size=longest)
    odd = st.text(_TEXT, max_size=longest + 1)
    brim = st.sampled_from("aZ0 %'").map(lambda letter: "A" + letter * (longest - 2) + "Z" if longest > 1 else "A")
    return plain | odd | brim


def _number(kinds: list[Mapping[str, Json]]) -> st.SearchStrategy[str | int]:
    """A decimal number as a text, of one digit up to more than there is room for."""
    least = int(any("exclusiveMinimum" in each for each in kinds))
    digits = st.text(string.digits, min_size=1, max_size=16)
    decimal = st.builds("{}.{}".format, digits, digits)
    return st.integers(least, 10**6) | st.integers(least, 10**6).map(str) | digits | decimal
