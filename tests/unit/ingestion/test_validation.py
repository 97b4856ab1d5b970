"""Whatever is in a message, it gets a verdict of its own and its neighbours keep theirs."""

from __future__ import annotations

import pyarrow as pa
import pytest

from core.duckdb_session import connect
from ingestion.validation.validator import TopicValidator
from tests.support.sample_events import BY_NAME, FUNNEL, deal, encoded, table, verdicts

GOOD = encoded(deal())
DEEP = 200_000


def data(**fields: object) -> bytes:
    return encoded(deal(data={"deal_id": 1, **fields}))


def with_member(member: bytes) -> bytes:
    return GOOD[:-1] + b"," + member + b"}"


BAD: dict[str, tuple[bytes | None, str]] = {
    "tombstone": (None, "tombstone"),
    "empty": (b"", "invalid_json"),
    "truncated": (GOOD[:40], "invalid_json"),
    "two documents": (GOOD + GOOD, "invalid_json"),
    "array": (b"[]", "not_an_object"),
    "null": (b"null", "not_an_object"),
    "number": (b"1", "not_an_object"),
    "invalid UTF-8": (GOOD.replace(b"deal-1", b"deal-\xff"), "invalid_utf8"),
    "lone surrogate": (data(reason="\ud800"), "invalid_json"),
    "NUL byte": (GOOD.replace(b"deal-1", b"deal-\x00"), "nul_character"),
    "NUL escape": (data(reason="a\x00b"), "nul_character"),
    "NUL escape after a backslash": (data(reason="\\\x00"), "nul_character"),
    "200k levels": (with_member(b'"x":' + b"[" * DEEP + b"]" * DEEP), "too_nested"),
    "1001 levels": (with_member(b'"x":' + b"[" * 1001 + b"]" * 1001), "too_nested"),
    "NaN": (with_member(b'"x":NaN'), "invalid_json"),
    "minus infinity in a list": (with_member(b'"x":[1, -Infinity]'), "invalid_json"),
    "nan in small letters": (with_member(b'"x": nan'), "invalid_json"),
    "trailing comma": (GOOD[:-1] + b" , }", "invalid_json"),
    "1e999 as amount": (GOOD.replace(b"99.5", b"1e999"), "contract:amount"),
    "a number no database holds": (with_member(b'"x":1e99999'), "invalid_number"),
    "repeated key": (with_member(b'"id":"e-2"'), "duplicate_keys"),
    "repeated key in data": (GOOD.replace(b'"deal-1"', b'1,"deal_id":2'), "duplicate_keys"),
    "a name of 10 MB": (data(reason="x" * 10_000_000), "too_large"),
    "a name of 100 kB": (data(reason="x" * 100_000), "contract:reason"),
    "unknown type": (encoded(deal(type="DealDreamt")), "unknown_type"),
    "a type of another topic": (encoded(deal(type="ProductVisited")), "unknown_type"),
    "type is no string": (encoded(deal(type=["DealOpened"])), "unknown_type"),
    "no type": (encoded({k: v for k, v in deal().items() if k != "type"}), "missing:type"),
    "no id": (encoded({k: v for k, v in deal().items() if k != "id"}), "missing:id"),
    "empty id": (encoded(deal(id="")), "contract:id"),
    "no affiliate": (encoded(deal(affiliateid=None)), "contract:affiliateid"),
    "an affiliate by name": (encoded(deal(affiliateid="../../etc")), "contract:affiliateid"),
    "30th of February": (encoded(deal(time="2026-02-30T00:00:00Z")), "contract:time"),
    "time without zone": (encoded(deal(time="2026-02-03T00:00:00")), "contract:time"),
    "data is text": (encoded(deal(data="{}")), "contract:data"),
    "no deal": (encoded(deal(data={})), "missing:deal_id"),
    "id beyond 64 bits": (data(owner_id=2**63), "contract:owner_id"),
    "id with a fraction": (data(owner_id=1.0), "contract:owner_id"),
}

FINE: dict[str, bytes] = {
    "plain": GOOD,
    "spaces around": b"\n " + GOOD + b"\n",
    "fields nobody knows": with_member(b'"x":{"y":[1,null,true]}'),
    "words like tokens": data(reason="nan, inf ,] NaN: -Infinity 1e99999"),
    "escaped quotes": data(reason='"},{"NaN":'),
    "a backslash before u0000": data(reason="\\u0000"),
    "an affiliate in digits": encoded(deal(affiliateid="17")),
    "nulls where they may be": data(amount=None, reason=None, owner_id=None),
    "other alphabets": encoded(deal(source="/客户/😀")),
    "offset": encoded(deal(time="2026-03-01T10:20:30+05:30")),
}


def test_invalid_messages_get_the_expected_reason() -> None:
    found = verdicts(FUNNEL, [value for value, _ in BAD.values()])
    assert dict(zip(BAD, found, strict=True)) == {name: reason for name, (_, reason) in BAD.items()}


def test_valid_messages_pass_among_invalid_ones() -> None:
    bad = [value for value, _ in BAD.values()]
    found = verdicts(FUNNEL, [*bad, *FINE.values(), *bad])[len(bad) : -len(bad)]
    assert dict(zip(FINE, found, strict=True)) == dict.fromkeys(FINE)


def test_reasons_match_their_messages_with_any_number_of_threads() -> None:
    chunks = [table([GOOD] * size + [b"{", GOOD]) for size in (4_000, 1, 3_000, 2_500, 1, 9)] * 3
    messages = pa.concat_tables(chunks)
    expected = [n for n, value in enumerate(messages["value"].to_pylist()) if value == b"{"]
    connection = connect()
    connection.execute("set threads = 4")
    judge = TopicValidator(connection, FUNNEL)
    for _ in range(5):
        assert judge.reasons(messages)[0].tolist() == expected


@pytest.mark.parametrize(
    ("topic", "type_", "fields"),
    [
        ("affiliate.customers", "CustomerCreated", {"affiliate_customer_id": 1, "email": "N/A"}),
        ("affiliate.customers", "CustomerUpdated", {"affiliate_customer_id": 1}),
        ("storefront.visits", "ProductVisited", {"affiliate_customer_id": 1, "product_id": 2}),
        ("marketing.follow-ups", "FollowUpDone", {"deal_id": "d", "task_id": "t"}),
        ("marketing.consents", "ConsentGranted", {"affiliate_customer_id": 1, "purpose": "p"}),
        ("marketing.consents", "ConsentWithdrawn", {"affiliate_customer_id": 1}),
        ("privacy.erasures", "CustomerErased", {"affiliate_customer_id": 1}),
    ],
)
def test_topics_accept_only_their_own_types(
    topic: str, type_: str, fields: dict[str, object]
) -> None:
    event = deal(type=type_, data=fields)
    without = {name: value for name, value in fields.items() if not name.endswith("_id")}
    found = verdicts(BY_NAME[topic], [encoded(event), encoded({**event, "data": without})])
    assert found[0] is None
    assert str(found[1]).startswith("missing:")


def test_consent_grant_requires_a_purpose() -> None:
    event = deal(type="ConsentGranted", data={"affiliate_customer_id": 1})
    assert verdicts(BY_NAME["marketing.consents"], [encoded(event)]) == ["missing:purpose"]
