"""The context of one audience run: an in-memory database, one release, the landed events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from activation.audiences import candidates
from activation.audiences.compile import Rule, compile_rule
from activation.audiences.definition import Audience, load_audiences, pick
from activation.audiences.fields import Catalogue, read_catalogue
from activation.delivery import people
from activation.delivery.fields import Field
from core.duckdb_session import connect
from core.errors import AffiliateError
from core.settings import Settings
from ingestion.landing import LandingZone
from privacy.pseudonym import load_key
from serving import Release, current_release, read_release

#: Columns of the membership interval, sent with every member.
INTERVAL_FIELDS = [
    Field("entered_at", "", "time", "TIMESTAMP WITH TIME ZONE"),
    Field("entry_number", "", "number", "BIGINT"),
]


@dataclass(frozen=True)
class AudienceSession:
    """One audience on one release.

    Attributes:
        settings: Settings of the platform.
        audience: The audience.
        audiences: All audiences of the folder.
        release: The release that is queried.
        catalogue: The fields of the audience's scope.
        rule: The compiled rule.
        zone: The landing zone.
        connection: In-memory database; closed when the session ends.
    """

    settings: Settings
    audience: Audience
    audiences: dict[str, Audience]
    release: Release
    catalogue: Catalogue
    rule: Rule
    zone: LandingZone
    connection: duckdb.DuckDBPyConnection

    @property
    def sent(self) -> list[Field]:
        """The fields sent with every member: the interval's, and those that the file lists."""
        named = [self.catalogue.find(name, self.audience.name) for name in self.audience.send]
        return [*INTERVAL_FIELDS, *named]

    def rivals(self) -> list[Audience]:
        """Return the audiences of the group with precedence over this one, highest first."""
        mine = self.audience
        found = [
            other
            for other in self.audiences.values()
            if mine.group is not None
            and other.group == mine.group
            and other.scope == mine.scope
            and (-other.priority, other.name) < (-mine.priority, mine.name)
        ]
        return sorted(found, key=lambda other: (-other.priority, other.name))


@contextmanager
def open_session(settings: Settings, folder: Path, name: str) -> Iterator[AudienceSession]:
    """Read an audience and compile it against the current release.

    Args:
        settings: Location of releases and landed rows.
        folder: The folder of audience definitions.
        name: Name of the audience.

    Raises:
        ConfigurationError: there is no release, or the audience is invalid.
        AffiliateError: DuckDB failed within the block.
    """
    audiences = load_audiences(folder)
    audience = pick(audiences, name)
    path = current_release(settings)
    catalogue = read_catalogue(path, audience.scope)
    rule = compile_rule(audience, audiences, catalogue)
    connection = connect()
    try:
        zone = LandingZone(settings.landing_path)
        yield AudienceSession(
            settings, audience, audiences, read_release(path), catalogue, rule, zone, connection
        )
    except duckdb.Error as error:
        # the original text may repeat values of rows
        raise AffiliateError(
            f"audience {name} cannot be computed: DuckDB reports a {type(error).__name__}"
        ) from None
    finally:
        connection.close()


def gather(session: AudienceSession) -> None:
    """Create `candidate`, and `candidate_<n>` for each rival, from the release.

    Current members are included even if they no longer match the rule. The table `membership` and
    the rows of earlier runs in it must exist.
    """
    connection = session.connection
    people.load(connection, session.zone, load_key(session.settings))
    connection.execute(
        "create or replace table present as select person.member from membership "
        "inner join person using (affiliate_id, record_id) where membership.exited_at is null"
    )
    path = session.release.path
    candidates.gather(
        connection,
        "candidate",
        path,
        session.audience,
        session.rule,
        session.catalogue,
        "present",
    )
    for number, rival in enumerate(session.rivals()):
        rule = compile_rule(rival, session.audiences, session.catalogue)
        candidates.gather(connection, f"candidate_{number}", path, rival, rule, session.catalogue)
