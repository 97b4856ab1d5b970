"""Read the file that lists several OLTP databases, for example one per affiliate or region.

```toml
[[oltp]]
name = "north"
dsn = "postgresql://platform_reader:${NORTH_PASSWORD}@north.example/affiliate_oltp"
```

`${VARIABLE}` is read from the environment or `.env`, so the file itself contains no secret.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from core.errors import ConfigurationError

#: Name of the OLTP database if there is only one.
DEFAULT_SOURCE = "oltp"
NAME = r"^[a-z][a-z0-9_-]{0,30}$"


class NamedSource(BaseModel):
    """One OLTP database.

    Attributes:
        name: Written to column `_source`, reports and the manifest.
        dsn: libpq connection string or URI.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=NAME)]
    dsn: SecretStr


class _SourceList(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    oltp: Annotated[tuple[NamedSource, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_unique(self) -> _SourceList:
        names = [source.name for source in self.oltp]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"the name {repeated[0]} is used twice")
        return self


def read_source_list(path: Path, environment: Mapping[str, str | None]) -> tuple[NamedSource, ...]:
    """Read the file and substitute its variables.

    Args:
        path: The TOML file.
        environment: Values of the variables.

    Raises:
        ConfigurationError: the file is missing or malformed, or a variable is not set. The message
            contains no values.
    """
    try:
        text = path.read_text()
    except OSError:
        raise ConfigurationError(f"AFFILIATE_SOURCES_FILE: {path} cannot be read") from None
    known = {name: value for name, value in environment.items() if value is not None}
    try:
        parsed = tomllib.loads(text)
        for source in parsed.get("oltp", []):
            source["dsn"] = Template(source["dsn"]).substitute(known)
        return _SourceList.model_validate(parsed).oltp
    except KeyError as missing:
        raise ConfigurationError(f"{path}: {_named(missing)} is not set") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "oltp"
        raise ConfigurationError(
            f"{path}: {field}: {first['msg'].removeprefix('Value error, ')}"
        ) from None
    except (tomllib.TOMLDecodeError, TypeError, AttributeError, ValueError):
        raise ConfigurationError(
            f"{path} is not a list of [[oltp]] tables with name and dsn in TOML"
        ) from None


def _named(missing: KeyError) -> str:
    """Return the missing key or variable; anything that is not a name could be a value."""
    name = str(missing.args[0])
    return name if re.fullmatch(r"\w+", name) else "a variable"
