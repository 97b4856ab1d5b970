"""Audience definitions: YAML files that conform to `schema.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from core.errors import ConfigurationError, unknown

Condition = Mapping[str, Any]
OWN, UNIFIED = "own", "unified_internal"
TARGETS = ("csv", "parquet", "kafka")
_SCHEMA = files("activation.audiences") / "schema.json"


@dataclass(frozen=True)
class Target:
    """A destination of an audience.

    Attributes:
        kind: csv, parquet or kafka.
        is_acknowledged_by_us: Whether a run counts as received once its files are durable or the
            broker has confirmed; otherwise `affiliate audience ack` acknowledges it.
    """

    kind: str
    is_acknowledged_by_us: bool


@dataclass(frozen=True)
class Holdout:
    """The control group, which is not contacted, so that the campaign lift can be measured.

    Attributes:
        pct: Share of customers, in percent.
        salt: Audiences with the same salt have the same control group.
        window_days: Days after entry whose sales count.
    """

    pct: float
    salt: str
    window_days: int


@dataclass(frozen=True)
class Audience:
    """One audience; attributes are those of the file.

    Attributes:
        reentry_days: Days after an exit before a customer can enter again; 0: at once, None: never.
        group: Within a group, a customer is only in the audience with the highest priority.
        contacted_days: Customers contacted within this many days are excluded; None: no limit.
        version: Hash of the file's content.
    """

    name: str
    owner: str
    purpose: str
    scope: str
    where: Condition
    requires_consent: tuple[str, ...]
    leaves_out_minors: bool
    contacted_days: int | None
    send: tuple[str, ...]
    holdout: Holdout | None
    reentry_days: int | None
    priority: int
    group: str | None
    min_size: int
    expires: date | None
    deliver: tuple[Target, ...]
    version: str

    def __post_init__(self) -> None:
        if self.scope == UNIFIED and (self.deliver or self.send or self.holdout):
            raise ConfigurationError(
                f"audience {self.name}: scope {UNIFIED} can only be counted, not delivered:"
                " remove deliver, send and holdout, or use scope own"
            )
        if self.deliver and not self.requires_consent:
            raise ConfigurationError(f"audience {self.name}: deliver needs requires_consent")


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Refuses a duplicate key; YAML would silently use the last one."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = next((key for number, key in enumerate(keys) if key in keys[:number]), None)
    if twice is not None:
        raise yaml.YAMLError(f"duplicate key {twice}")
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_audiences(folder: Path) -> dict[str, Audience]:
    """Return every audience of a folder, by name.

    Raises:
        ConfigurationError: a file is not a valid audience.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"the folder of audience definitions does not exist: {folder}")
    return {path.stem: read_audience(path) for path in sorted(folder.glob("*.yaml"))}


def pick(audiences: Mapping[str, Audience], name: str) -> Audience:
    """Return the audience with this name.

    Raises:
        ConfigurationError: it does not exist.
    """
    if name not in audiences:
        raise unknown("audience", name, audiences)
    return audiences[name]


def read_audience(path: Path) -> Audience:
    """Read and validate one file.

    Raises:
        ConfigurationError: it is not YAML, violates the schema, or is not named after its audience.
    """
    try:
        content = _plain(yaml.load(path.read_text(encoding="utf-8"), _Loader))  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"{path.name}: cannot be read: {reason}") from None
    fault = best_match(Draft202012Validator(_schema()).iter_errors(content))
    if fault is not None:
        place = fault.json_path.removeprefix("$").removeprefix(".") or "the file"
        raise ConfigurationError(f"{path.name}: {place}: {fault.message}")
    if content["audience"] != path.stem:
        raise ConfigurationError(
            f"{path.name}: the file name must be that of the audience, {content['audience']}"
        )
    return _audience(content)


def _audience(content: dict[str, Any]) -> Audience:
    name, suppress = content["audience"], content.get("suppress", [])
    holdout, expires = content.get("holdout"), content.get("expires")
    canonical = json.dumps(content, sort_keys=True).encode()
    try:
        last_day = date.fromisoformat(expires) if expires else None
    except ValueError:
        raise ConfigurationError(f"audience {name}: expires is not a date") from None
    return Audience(
        name=name,
        owner=content["owner"],
        purpose=content["purpose"],
        scope=content["scope"],
        where=content["where"],
        requires_consent=tuple(content.get("requires_consent", ())),
        leaves_out_minors="minors" in suppress,
        contacted_days=max(_days(suppress), default=None),
        send=tuple(content.get("send", ())),
        holdout=Holdout(window_days=90, **holdout)
        if holdout and "window_days" not in holdout
        else (Holdout(**holdout) if holdout else None),
        reentry_days=_reentry(content.get("reentry", "once")),
        priority=content.get("priority", 0),
        group=content.get("group"),
        min_size=content.get("min_size", 1),
        expires=last_day,
        deliver=tuple(_targets(name, content.get("deliver", ()))),
        version=hashlib.sha256(canonical).hexdigest()[:12],
    )


def _days(suppress: Iterable[str]) -> list[int]:
    prefix = "contacted_lt_"
    return [int(s.removeprefix(prefix)[:-1]) for s in suppress if s.startswith(prefix)]


def _reentry(policy: str | dict[str, int]) -> int | None:
    if isinstance(policy, dict):
        return policy["after_days"]
    return 0 if policy == "always" else None


def _targets(name: str, listed: Iterable[dict[str, str]]) -> Iterable[Target]:
    seen = set()
    for entry in listed:
        kinds = [kind for kind in TARGETS if kind in entry]
        if len(kinds) != 1 or kinds[0] in seen:
            raise ConfigurationError(
                f"audience {name}: every entry of deliver names one target, and each target once"
            )
        seen.add(kinds[0])
        yield Target(kinds[0], entry.get("acknowledge", "automatic") == "automatic")


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return schema


def _plain(value: Any) -> Any:
    """Return YAML dates as text, because JSON Schema has no dates."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
