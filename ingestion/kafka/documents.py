"""The JSON of messages that are not JSON themselves: binary-mode CloudEvents, encoded values.

In binary mode the attributes are headers `ce_<name>` and the value is `data`. Such a message gets a
document in structured mode, written from its parts as they are; one that has none gets a fault.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.kafka.registry import MAGIC, Registry
from ingestion.validation.rows import answers

#: A message that needs a Schema Registry while none is set.
NO_REGISTRY = "registry_missing"

_BINARY = r"""
select place,
    case when fault is null and not is_bad and body is not null
        then '{' || array_to_string([to_json(p[1]) || ':' || to_json(p[2]) for p in pairs], ',')
            || ',"data":' || body || '}' end as document,
    case when value is null or fault is not null then fault
        when is_bad then 'bad_headers'
        when body is null then 'invalid_json' end as fault
from (
    select place, value, fault, pairs, case when json_valid(body) then body end as body,
        pairs is null or len(list_filter(pairs, lambda p:
            p[2] is null or not regexp_full_match(p[1], '[a-z0-9]+'))) > 0 as is_bad
    from (
        select place, value, fault, coalesce(document, try(decode(value))) as body,
            try([[case when h.key = 'content-type' then 'datacontenttype' else h.key[4:] end,
                decode(h.value)] for h in headers
                if starts_with(h.key, 'ce_') or h.key = 'content-type']) as pairs
        from messages
    )
)
"""
_IS_BINARY = """
select place, coalesce(len([h for h in headers if starts_with(h.key, 'ce_')]) > 0
    and len([h for h in headers if lower(h.key) = 'content-type'
        and starts_with(lower(try(decode(h.value))), 'application/cloudevents')]) = 0, false) as it
from messages
"""


def with_documents(
    connection: duckdb.DuckDBPyConnection, messages: pa.Table, registry: Registry | None
) -> pa.Table:
    """Adds `document`, null where the value itself is JSON, and `fault`, null where all is well.

    Args:
        connection: Any DuckDB.
        messages: Columns as in `columns.SCHEMA`.
        registry: Decodes the values that a Schema Registry's serialiser wrote.
    """
    messages = _decoded(messages, registry)
    if messages["headers"].null_count == len(messages):
        return messages
    is_binary = answers(connection, "messages", messages, _IS_BINARY)["it"]
    if not pc.any(is_binary).as_py():
        return messages
    built = answers(connection, "messages", messages.filter(is_binary), _BINARY)
    for name in ("document", "fault"):
        column = messages.schema.get_field_index(name)
        whole = pc.replace_with_mask(
            messages[name].combine_chunks(),
            is_binary.combine_chunks(),
            built[name].combine_chunks(),
        )
        messages = messages.set_column(column, name, whole)
    return messages


def _decoded(messages: pa.Table, registry: Registry | None) -> pa.Table:
    """The messages with what a Schema Registry makes of encoded values."""
    encoded = pc.starts_with(messages["value"], MAGIC).fill_null(False)
    documents = faults = pa.nulls(len(messages), pa.string())
    if pc.any(encoded).as_py():
        values = messages["value"].filter(encoded).to_pylist()
        decode = registry.decode if registry else lambda _: (None, NO_REGISTRY)
        found = [decode(value) for value in values]
        mask = encoded.combine_chunks()
        texts = [pa.array(part, pa.string()) for part in zip(*found, strict=True)]
        documents = pc.replace_with_mask(documents, mask, texts[0])
        faults = pc.replace_with_mask(faults, mask, texts[1])
    return messages.append_column("document", documents).append_column("fault", faults)
