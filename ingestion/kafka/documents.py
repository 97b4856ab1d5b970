"""Build JSON documents for binary-mode CloudEvents and for values encoded with a Schema Registry.

In binary mode, the attributes are headers `ce_<name>` and the value is `data`. Such a message gets
an equivalent document in structured mode, or a fault if that is not possible.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from core import sql
from ingestion.kafka.registry import MAGIC, Registry
from ingestion.validation.rows import query_in_order

#: Fault of a message that needs a Schema Registry if none is configured.
NO_REGISTRY = "registry_missing"


def with_documents(
    connection: duckdb.DuckDBPyConnection, messages: pa.Table, registry: Registry | None
) -> pa.Table:
    """Add the columns `document` (null if the value itself is JSON) and `fault` (null if valid).

    Args:
        connection: Any DuckDB connection.
        messages: Messages with the columns of `columns.SCHEMA`.
        registry: Decodes values that a Schema Registry serializer wrote.
    """
    messages = _decoded(messages, registry)
    if messages["headers"].null_count == len(messages):
        return messages
    statement = sql.load(__package__, "is_binary")
    is_binary = query_in_order(connection, "messages", messages, statement)["is_binary"]
    if not pc.any(is_binary).as_py():
        return messages
    statement = sql.load(__package__, "binary_documents")
    built = query_in_order(connection, "messages", messages.filter(is_binary), statement)
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
    """Add `document` and `fault` with the results of decoding values by the Schema Registry."""
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
