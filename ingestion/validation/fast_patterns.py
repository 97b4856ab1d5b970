"""Regular expressions that match only values that are valid by their schema.

The patterns are over the bytes of JSON text, for RE2 without Unicode, so that one scan also checks
UTF-8. Values that do not match may still be valid; exact validation (`reasons`) decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from contracts.schemas import Schema

_HEX = "[0-9A-Fa-f]"
#: One character of a string, plain or escaped; neither half a surrogate nor NUL.
CHARACTER = (
    r"(?:[ !#-\[\]-\x7f]|[\xc2-\xdf][\x80-\xbf]"
    r"|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    r"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
    rf'|\\(?:["\\/bfnrt]|u(?:00(?:0[1-9A-Fa-f]|[1-9A-Fa-f]{_HEX})|0[1-9A-Fa-f]{_HEX}{{2}}'
    rf"|[1-9A-CE-Fa-ce-f]{_HEX}{{3}}"
    rf"|[Dd](?:[0-7]{_HEX}{{2}}|[89ABab]{_HEX}{{2}}\\u[Dd][C-Fc-f]{_HEX}{{2}}))))"
)
#: Largest repeat count that RE2 allows.
MOST_COUNTED = 1_000
#: Larger length limits are checked separately, because RE2 expands repeat counts.
SHORT = 8

#: Pattern of timestamps in the contracts, and the same for days that exist.
TIMES = (
    r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?"
    r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"
)
_DAYS = (
    r"(?:[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    r"|(?:0[13578]|1[02])-31)|(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])"
    r"|(?:[2468][048]|[13579][26])00)-02-29)"
)
_DAY = "[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"

#: Patterns that match no quote, backslash or control character.
_CONTAINED = re.compile(
    r"\^(?:[A-Za-z0-9_:/,@ -]|[()?*+|]|\{[0-9]+(?:,[0-9]*)?\}"
    r"|\[(?:[0-9]-[0-9]|[a-z]-[a-z]|[A-Z]-[A-Z]|[A-Za-z0-9_.:/+@ ])+-?\])*\$"
)
_FRACTION = r"(?:\.[0-9]{1,20})?"
#: Any scalar that is valid for a member without a schema.
ANYTHING = rf'(?:"{CHARACTER}*"|-?(?:0|[1-9][0-9]{{0,17}}){_FRACTION}|true|false|null)'


def value(part: Schema) -> str | None:
    """Return a pattern for values that are certainly valid, except for the limits of `limit`.

    Args:
        part: Schema of a member.

    Returns:
        The pattern, or None if the values are not scalars or need exact validation.
    """
    if "const" in part:
        is_text = isinstance(part["const"], str)
        return literal(json.dumps(part["const"], ensure_ascii=False)) if is_text else None
    named = part.get("type", [])
    kinds = {named} if isinstance(named, str) else set(named)
    tests = [test(part) for kind, test in _TESTS.items() if kind in kinds]
    found = [test for test in tests if test]
    return f"(?:{'|'.join(found)})" if found else None


def limit(part: Schema) -> int | None:
    """Return the maximum length of a string if the pattern of `value` does not check it."""
    most: int | None = part.get("maxLength")
    return None if most is None or _is_counted(part) else most


def longer(characters: int) -> str:
    """Return a pattern for the start of a string that has, or may have, more characters."""
    unit = r'(?:[^"\\]|\\.)'
    whole, rest = divmod(characters + 1, MOST_COUNTED)
    return '"' + f"{unit}{{{MOST_COUNTED}}}" * whole + f"{unit}{{{rest}}}"


def literal(text: str) -> str:
    """Return a pattern that matches exactly this text."""
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 0x80 else rf"\x{byte:02x}"
        for byte in text.encode()
    )


def _boolean(_: Schema) -> str:
    return "true|false"


def _null(_: Schema) -> str:
    return "null"


def _string(part: Schema) -> str | None:
    if "pattern" in part or "format" in part:
        return _patterned(part)
    least = part.get("minLength", 0)
    most = part["maxLength"] if _is_counted(part) else ""
    return f'"{CHARACTER}{{{least},{most}}}"' if least <= SHORT else None


def _patterned(part: Schema) -> str | None:
    pattern = part.get("pattern", "")
    if "minLength" in part or not _CONTAINED.fullmatch(pattern):
        return None
    if "format" in part:
        if pattern != TIMES:
            return None
        pattern = pattern.replace(_DAY, _DAYS)
    return f'"(?:{pattern[1:-1]})"'


def _is_counted(part: Schema) -> bool:
    return part.get("maxLength", SHORT + 1) <= SHORT and "pattern" not in part


def _integer(part: Schema) -> str | None:
    return _digits(part, "")


def _number(part: Schema) -> str | None:
    return _digits(part, _FRACTION)


def _digits(part: Schema, fraction: str) -> str | None:
    """Return a pattern for numbers without exponent whose digit count keeps them in bounds."""
    low, high = part.get("minimum", -(1 << 63)), part.get("maximum", (1 << 63) - 1)
    if low > 1 or high < 10:
        return None
    found = [rf"[1-9][0-9]{{0,{_fewer(high)}}}{fraction}"]
    if low <= 0:
        found.append(f"0{fraction}")
    if low <= -10:
        found.append(rf"-[1-9][0-9]{{0,{_fewer(-low)}}}{fraction}")
    return "|".join(found)


def _fewer(bound: float) -> int:
    """Return how many digits can follow the first digit of a number below the bound."""
    return min(len(str(int(bound))) - 2, 17)


_TESTS: dict[str, Callable[[Schema], str | None]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}
