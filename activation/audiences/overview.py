"""A summary of all audiences and their last runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from activation.audiences.compile import compile_rule
from activation.audiences.definition import Audience, load_audiences
from activation.audiences.fields import read_catalogue
from activation.audiences.store import runs_of
from core.errors import ConfigurationError
from core.settings import Settings
from serving import current_release


@dataclass(frozen=True)
class AudienceSummary:
    """One audience and its last run.

    Attributes:
        fault: Why it does not compile against the current release; None if it does.
        run: Number of the last run, which the following attributes describe; None before the first.
    """

    audience: str
    owner: str
    scope: str
    priority: int
    targets: tuple[str, ...]
    fault: str | None
    run: int | None
    at: datetime | None
    status: str | None
    members: int | None
    delivered: int | None


def list_audiences(settings: Settings, folder: Path) -> list[AudienceSummary]:
    """Return every audience of the folder, by name.

    Raises:
        ConfigurationError: a definition is invalid, or there is no release.
    """
    audiences = load_audiences(folder)
    release = current_release(settings)
    scopes = {audience.scope for audience in audiences.values()}
    catalogues = {scope: read_catalogue(release, scope) for scope in scopes}
    summaries = []
    for audience in audiences.values():
        fault = None
        try:
            compile_rule(audience, audiences, catalogues[audience.scope])
        except ConfigurationError as error:
            fault = str(error)
        summaries.append(_summary(settings, audience, fault))
    return summaries


def _summary(settings: Settings, audience: Audience, fault: str | None) -> AudienceSummary:
    runs = runs_of(settings.home, audience.name)
    last = runs.last()
    manifest = runs.manifest(last) if last else None
    return AudienceSummary(
        audience=audience.name,
        owner=audience.owner,
        scope=audience.scope,
        priority=audience.priority,
        targets=tuple(target.kind for target in audience.deliver),
        fault=fault,
        run=last or None,
        at=datetime.fromisoformat(manifest["at"]) if manifest else None,
        status=manifest["status"] if manifest else None,
        members=manifest["counts"]["members"] if manifest else None,
        delivered=manifest["counts"]["delivered"] if manifest else None,
    )
