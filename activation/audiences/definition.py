"""Audiences as they are written: YAML files that keep `schema.json`."""

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
    """Where an audience goes.

    Attributes:
        kind: csv, parquet or kafka.
        is_acknowledged_by_us: As soon as files are durable or the broker has confirmed; otherwise
            by the command `affiliate audience ack`.
    """

    kind: str
    is_acknowledged_by_us: bool


@dataclass(frozen=True)
class Holdout:
    """Who is left out on purpose, to measure what contacting the others brings.

    Attributes:
        pct: Share of persons, in percent.
        salt: Audiences with the same salt hold the same persons back.
        window_days: Days after entry whose sales count.
    """

    pct: float
    salt: str
    window_days: int


@dataclass(frozen=True)
class Audience:
    """One audience; attributes are those of the file.

    Attributes:
        reentry_days: Days after an exit before somebody may enter again; 0 at once, None never.
        group: Within it, a customer is in the audience of the highest priority only.
        contacted_days: Whoever was contacted within so many days is left out; None: nobody is.
        version: Changes with anything in the file.
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
                f"audience {self.name}: scope {UNIFIED} can be counted, never delivered per person:"
                " take out deliver, send and holdout, or use scope own"
            )
        if self.deliver and not self.requires_consent:
            raise ConfigurationError(
                f"audience {self.name}: what is delivered needs requires_consent"
            )


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Refuses a key that is written twice: the last would win in silence."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = next((key for number, key in enumerate(keys) if key in keys[:number]), None)
    if twice is not None:
        raise yaml.YAMLError(f"{twice} is written twice")
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_audiences(folder: Path) -> dict[str, Audience]:
    """Every audience of a folder by name.

    Raises:
        ConfigurationError: a file is no audience: which, where and why.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"there is no folder of audiences: {folder}")
    return {path.stem: read_audience(path) for path in sorted(folder.glob("*.yaml"))}


def pick(audiences: Mapping[str, Audience], name: str) -> Audience:
    """The audience of that name.

    Raises:
        ConfigurationError: there is none.
    """
    if name not in audiences:
        raise unknown("audience", name, audiences)
    return audiences[name]


def read_audience(path: Path) -> Audience:
    """Reads and validates one file.

    Raises:
        ConfigurationError: it is no YAML, breaks the schema, or is not named after its audience.
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
        raise ConfigurationError(f"{path.name}: the audience {content['audience']} needs that name")
    return _audience(content)


def _audience(content: dict[str, Any]) -> Audience:
    name, suppress = content["audience"], content.get("suppress", [])
    holdout, expires = content.get("holdout"), content.get("expires")
    canonical = json.dumps(content, sort_keys=True).encode()
    try:
        last_day = date.fromisoformat(expires) if expires else None
    except ValueError:
        raise ConfigurationError(f"audience {name}: expires is no date") from None
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


def _reentry(said: str | dict[str, int]) -> int | None:
    if isinstance(said, dict):
        return said["after_days"]
    return 0 if said == "always" else None


def _targets(name: str, said: Iterable[dict[str, str]]) -> Iterable[Target]:
    seen = set()
    for entry in said:
        kinds = [kind for kind in TARGETS if kind in entry]
        if len(kinds) != 1 or kinds[0] in seen:
            raise ConfigurationError(f"audience {name}: deliver names one target an entry, once")
        seen.add(kinds[0])
        yield Target(kinds[0], entry.get("acknowledge", "automatic") == "automatic")


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return schema


def _plain(value: Any) -> Any:
    """YAML's own dates as text: JSON, and so the schema, has none."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
