"""Crawl all pages and responses of `affiliate up` that a signed-in browser can request."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPCookieProcessor, Request, build_opener

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_leaf_type,
)

from tests.integration.web.mutations import value_of

#: Of a question: how deep it goes at most, and how many words it may have.
DEEPEST, MOST_WORDS = 6, 1_500
#: What Dagster fails to answer for assets without partitions, and all else with it.
UNANSWERED = ("dataVersionByPartition", "daemonStatus")


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    Attributes:
        place: What was asked for.
        status: HTTP's.
        body: All of it.
    """

    place: str
    status: int
    body: bytes


class Browser:
    """A session of somebody who signed in.

    Args:
        origin: `http://127.0.0.1:3000`.
        name: The user's.
        password: The user's.
    """

    def __init__(self, origin: str, name: str, password: str) -> None:
        self._origin = origin
        self._opener = build_opener(HTTPCookieProcessor())
        form = f"name={quote(name)}&password={quote(password)}".encode()
        assert self._send(Request(f"{origin}/login", form), "login").status == 200

    def get(self, path: str) -> Answer:
        """A page."""
        return self._send(Request(f"{self._origin}{path}"), path)

    def ask(self, query: str, variables: Mapping[str, Any], place: str = "graphql") -> Answer:
        """An answer of the GraphQL server."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json"}
        return self._send(Request(f"{self._origin}/graphql", body, headers), place)

    def _send(self, request: Request, place: str) -> Answer:
        try:
            with self._opener.open(request, timeout=180) as answer:
                return Answer(place, answer.status, answer.read())
        except HTTPError as error:
            return Answer(place, error.code, error.read())


def every_answer(
    browser: Browser,
    known: Mapping[str, Any],
    only: Collection[str] = (),
    words: int = MOST_WORDS,
) -> Iterator[Answer]:
    """The answer to every question of the GraphQL server, as deep as it goes.

    Args:
        browser: Who asks.
        known: Arguments by name; others have the least value of their type.
        only: Names of questions; all of them if empty.
        words: The longest question.
    """
    introspection = browser.ask(get_introspection_query(), {}, "graphql: introspection")
    yield introspection
    schema = build_client_schema(json.loads(introspection.body)["data"])
    assert schema.query_type is not None
    for name, question in schema.query_type.fields.items():
        if only and name not in only:
            continue
        wanted = {
            a: given
            for a, given in question.args.items()
            if a in known or isinstance(given.type, GraphQLNonNull)
        }
        declared = ", ".join(f"${a}: {given.type}" for a, given in wanted.items())
        passed = ", ".join(f"{a}: ${a}" for a in wanted)
        query = (
            f"query{f'({declared})' if declared else ''} "
            f"{{ {name}{f'({passed})' if passed else ''} {_all_of(schema, question, words)} }}"
        )
        values = {a: value_of(given.type, a, known) for a, given in wanted.items()}
        yield browser.ask(query, values, f"graphql: {name}")


def _all_of(schema: GraphQLSchema, field: GraphQLField, words: int) -> str:
    """As deep a selection of everything below a field as is allowed."""
    if is_leaf_type(get_named_type(field.type)):
        return ""
    best = "{ __typename }"
    for depth in range(1, DEEPEST + 1):
        found = _below(schema, field, depth, ())
        if found.count(" ") > words:
            break
        best = found or best
    return best


def _below(schema: GraphQLSchema, field: GraphQLField, depth: int, path: tuple[str, ...]) -> str:
    kind = get_named_type(field.type)
    if is_leaf_type(kind):
        return " "
    if kind.name in path or depth == 0:
        return ""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        types = list(schema.get_possible_types(kind))
    else:
        assert isinstance(kind, GraphQLObjectType)
        types = [kind]
    parts = ["__typename"]
    for one in types:
        fields = [
            # an alias: types of a union may call different things by one name
            f"{one.name}_{name}: {name} {below}"
            for name, inner in one.fields.items()
            if name not in UNANSWERED
            and not any(isinstance(given.type, GraphQLNonNull) for given in inner.args.values())
            if (below := _below(schema, inner, depth - 1, (*path, kind.name, one.name)))
        ]
        if fields and one.name not in path:
            parts.append(f"... on {one.name} {{ {' '.join(fields)} }}")
    return f"{{ {' '.join(parts)} }}"
