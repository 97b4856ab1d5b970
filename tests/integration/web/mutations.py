"""A valid document for every mutation that a GraphQL server knows, by introspection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_composite_type,
)
from starlette.testclient import TestClient

REPOSITORY = "__repository__"
#: What exists in the sample location, so that most documents would change something.
KNOWN: dict[str, Any] = {
    "repositoryLocationName": "sample",
    "locationName": "sample",
    "repositoryName": REPOSITORY,
    "jobName": "everything",
    "pipelineName": "everything",
    "scheduleName": "daily",
    "sensorName": "arrivals",
    "partitionsDefName": "days",
    "path": ["customers"],
    "eventType": "ASSET_MATERIALIZATION",
    "checkName": "none",
}
SCALARS = {"Int": 1, "Float": 1.0, "Boolean": True}
Request = dict[str, Any]


def every_mutation(client: TestClient) -> dict[str, Request]:
    """Name of each mutation and the body of a request that calls it."""
    answer = client.post("/graphql", json={"query": get_introspection_query()})
    schema = build_client_schema(answer.json()["data"])
    assert schema.mutation_type is not None
    requests: dict[str, Request] = {}
    for name, field in schema.mutation_type.fields.items():
        declared = ", ".join(f"${a}: {given.type}" for a, given in field.args.items())
        passed = ", ".join(f"{a}: ${a}" for a in field.args)
        body = "{ __typename }" if is_composite_type(get_named_type(field.type)) else ""
        query = (
            f"mutation ({declared}) {{ {name}({passed}) {body} }}"
            if field.args
            else f"mutation {{ {name} {body} }}"
        )
        requests[name] = {
            "query": query,
            "variables": {a: value_of(given.type, a, KNOWN) for a, given in field.args.items()},
        }
    return requests


def value_of(kind: GraphQLInputType, name: str, known: Mapping[str, Any]) -> Any:
    """A valid argument: what is known by its name, else the least of its type."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if name in known:
        return known[name]
    if isinstance(kind, GraphQLList):
        return [value_of(kind.of_type, name, known)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        wanted = {
            field: given
            for field, given in kind.fields.items()
            if isinstance(given.type, GraphQLNonNull) or field in known
        }
        return {field: value_of(given.type, field, known) for field, given in wanted.items()}
    assert isinstance(kind, GraphQLScalarType)
    return SCALARS.get(kind.name, "x")
