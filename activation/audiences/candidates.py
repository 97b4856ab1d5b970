"""Query each affiliate's file separately for customers who match a rule and gave consent."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from activation.audiences.compile import FROM, Rule
from activation.audiences.definition import Audience
from activation.audiences.fields import Catalogue
from activation.delivery.fields import Field
from core import sql
from core.errors import AffiliateError
from serving import open_release

#: Purpose → the consent column that must be true, and the address that is needed.
CONSENTS = {
    "email_marketing": ("consent_email", "email"),
    "sms_marketing": ("consent_sms", "phone"),
    "whatsapp_marketing": ("consent_whatsapp", "phone"),
    "phone_marketing": ("consent_phone", "phone"),
    "profiling": ("consent_profiling", None),
}
#: A customer of unknown age counts as an adult.
ADULT_AGE = 18
_COLUMNS = (
    "affiliate VARCHAR, member VARCHAR, in_rule BOOLEAN, consents BOOLEAN, is_minor BOOLEAN, "
    "last_contact_at TIMESTAMPTZ, sent JSON, shown JSON"
)


def gather(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    release: Path,
    audience: Audience,
    rule: Rule,
    catalogue: Catalogue,
    members: str | None = None,
) -> None:
    """Create `target`: customers who match the rule, and members who no longer match it.

    Columns: affiliate_id, record_id, person_id, affiliate (slug), member (pseudonym), in_rule,
    consents, is_minor, last_contact_at, sent and shown (the values delivered, and those of the
    rule's fields, as JSON of texts).

    Args:
        connection: In memory, after `people.load`.
        target: Name of the new table.
        release: Directory of the release.
        audience: The audience.
        rule: Its compiled rule.
        catalogue: The fields of scope own.
        members: Table of current members, with a column `member`.

    Raises:
        AffiliateError: a file contains rows of another affiliate, or unknown pseudonyms.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE found ({_COLUMNS})")
    present = None
    if members is not None:
        present = connection.execute(f"SELECT DISTINCT member FROM {members}").to_arrow_table()
    query = _query(audience, rule, catalogue, includes_members=present is not None)
    for slug in catalogue.affiliates:
        with open_release(release, affiliate=slug) as file:
            if present is not None:
                file.register("present_members", present)
            answers = file.execute(query, rule.values).to_arrow_table()
        connection.register("answers", answers)
        foreign = f"SELECT count(*) FROM answers WHERE affiliate <> {sql.text(slug)}"
        if sql.number(connection, foreign):
            raise AffiliateError(f"the file of {slug} contains rows of another affiliate")
        connection.execute("INSERT INTO found FROM answers")
        connection.unregister("answers")
    connection.execute(
        f"CREATE OR REPLACE TABLE {target} AS SELECT p.affiliate_id, p.record_id, p.person_id, f.* "
        "FROM found f LEFT JOIN person p USING (member)"
    )
    _check_owners(connection, target)


def _query(audience: Audience, rule: Rule, catalogue: Catalogue, *, includes_members: bool) -> str:
    sent = [catalogue.find(name, audience.name) for name in audience.send]
    also = " OR member IN (FROM present_members)" if includes_members else ""
    return sql.load(
        __package__,
        "candidates",
        condition=f"({rule.condition})",
        has_consents=_consents(audience),
        adult_age=str(ADULT_AGE),
        sent_values=_texts(sent),
        shown_values=_texts(rule.fields.values()),
        customers=FROM,
        is_wanted=f"in_rule{also}",
    )


def _consents(audience: Audience) -> str:
    """A customer without a recorded consent or without an address is not contacted."""
    columns = [CONSENTS[name] for name in audience.requires_consent]
    consented = [f"coalesce(c.{consent}, false)" for consent, _ in columns]
    reachable = [f"c.{address} IS NOT NULL" for _, address in columns if address]
    return " AND ".join([*consented, *reachable]) or "true"


def _texts(fields: Iterable[Field]) -> str:
    """Return values as JSON texts, so that a number of any size keeps all its digits."""
    parts = ", ".join(
        f"{sql.text(field.name)}, CAST({field.expression} AS VARCHAR)" for field in fields
    )
    return f"json_object({parts})"


def _check_owners(connection: duckdb.DuckDBPyConnection, target: str) -> None:
    """Check that all customers of a file belong to one and the same affiliate."""
    unknown = sql.number(connection, f"SELECT count(*) FROM {target} WHERE record_id IS NULL")
    if unknown:
        raise AffiliateError(
            f"{unknown} customers of the release are unknown to the ledger under this platform's "
            "key: publish again"
        )
    mixed = connection.execute(
        f"SELECT affiliate FROM {target} GROUP BY affiliate "
        "HAVING count(DISTINCT affiliate_id) > 1 ORDER BY affiliate"
    ).fetchone()
    if mixed:
        raise AffiliateError(f"the file of {mixed[0]} contains customers of two affiliates")
