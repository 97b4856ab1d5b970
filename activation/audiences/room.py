"""Where an audience is worked out: in memory, on one release, with what only the company knows."""

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

#: Of a visit, sent with every member.
VISIT = [
    Field("entered_at", "", "time", "TIMESTAMP WITH TIME ZONE"),
    Field("entry_number", "", "number", "BIGINT"),
]


@dataclass(frozen=True)
class Room:
    """One audience on one release.

    Attributes:
        settings: Of the platform.
        audience: The audience.
        audiences: All of them.
        release: The release that is asked.
        catalogue: The fields of the audience's scope.
        rule: The compiled rule.
        zone: What was landed.
        connection: In memory; nothing in it outlives the command.
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
        """The fields that go with every member: of its visit, and those that the file names."""
        named = [self.catalogue.find(name, self.audience.name) for name in self.audience.send]
        return [*VISIT, *named]

    def rivals(self) -> list[Audience]:
        """Audiences of the group that a customer is in rather than in this one, highest first."""
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
def open_room(settings: Settings, folder: Path, name: str) -> Iterator[Room]:
    """Reads and compiles an audience against the current release.

    Args:
        settings: Where releases and landed rows are.
        folder: The folder of audiences.
        name: Which.

    Raises:
        ConfigurationError: there is no release, or an audience is wrong: what and where.
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
        yield Room(
            settings, audience, audiences, read_release(path), catalogue, rule, zone, connection
        )
    except duckdb.Error as error:
        # the original text may repeat values of rows
        raise AffiliateError(
            f"audience {name} cannot be worked out: DuckDB reports a {type(error).__name__}"
        ) from None
    finally:
        connection.close()


def gather(room: Room, members: str) -> None:
    """Creates `candidate`, and `candidate_<n>` of each rival, from the release.

    Args:
        room: Where.
        members: Table of past visits; whoever is in the audience now is asked about anyway.
    """
    people.load(room.connection, room.zone, load_key(room.settings))
    room.connection.execute(
        f"CREATE OR REPLACE TABLE present AS SELECT p.member FROM {members} m "
        f"JOIN {people.PERSON} p USING (affiliate_id, record_id) WHERE m.exited_at IS NULL"
    )
    path = room.release.path
    candidates.gather(
        room.connection, "candidate", path, room.audience, room.rule, room.catalogue, "present"
    )
    for number, rival in enumerate(room.rivals()):
        rule = compile_rule(rival, room.audiences, room.catalogue)
        candidates.gather(room.connection, f"candidate_{number}", path, rival, rule, room.catalogue)
