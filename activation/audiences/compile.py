"""Compile a rule to SQL: names come from the catalogue, and every value is a bound parameter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from activation.audiences.definition import Audience, Condition
from activation.audiences.fields import DIMENSIONS, TABLES, Catalogue, refuse_contacts
from activation.delivery.fields import Field
from core.errors import ConfigurationError

_COMPARISONS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_OPERATORS = (*_COMPARISONS, "in", "known")
_EQUALITY = ("eq", "ne", "in", "known")
_INTERESTS = "interests."
FROM = f"{TABLES['c']} c LEFT JOIN {TABLES['i']} i ON i.customer_id = c.customer_id"


@dataclass
class Rule:
    """A compiled rule.

    Attributes:
        condition: SQL that is true or false for a row of `FROM`, never null.
        values: Values of its question marks, in order.
        fields: The fields it uses, in order of use.
        audiences: The audiences it builds on, directly or indirectly.
    """

    condition: str = ""
    values: list[Any] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    audiences: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """Hash of the SQL and its values."""
        text = json.dumps([self.condition, self.values], default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def compile_rule(
    audience: Audience, audiences: Mapping[str, Audience], catalogue: Catalogue
) -> Rule:
    """Compile an audience's rule and check every name in it.

    Args:
        audience: The audience.
        audiences: All audiences, by name.
        catalogue: The fields of the audience's scope.

    Raises:
        ConfigurationError: an unknown field or one of another scope, a value of the wrong type, an
            operator that does not fit, or audiences that build on each other in a cycle.
    """
    compiler = _Compiler(audiences, catalogue)
    compiler.rule.condition = compiler.audience(audience, ())
    for name in audience.send:
        catalogue.find(name, audience.name)
    return compiler.rule


class _Compiler:
    def __init__(self, audiences: Mapping[str, Audience], catalogue: Catalogue) -> None:
        self._audiences, self._catalogue = audiences, catalogue
        self._name = ""
        self.rule = Rule()

    def audience(self, audience: Audience, above: tuple[str, ...]) -> str:
        if audience.name in above:
            circle = " → ".join((*above[above.index(audience.name) :], audience.name))
            raise ConfigurationError(f"audiences build on each other: {circle}")
        outer, self._name = self._name, audience.name
        found = self._condition(audience.where, (*above, audience.name))
        self._name = outer
        return found

    def _condition(self, condition: Condition, above: tuple[str, ...]) -> str:
        kinds = [k for k in ("all", "any", "not", "tag", "audience", "field") if k in condition]
        if len(kinds) != 1:
            raise self._wrong(
                "a condition needs exactly one of all, any, not, tag, audience and field"
            )
        kind = kinds[0]
        if kind != "field" and len(condition) > 1:
            raise self._wrong(f"a condition with {kind} takes no other key")
        if kind in ("all", "any"):
            word = " AND " if kind == "all" else " OR "
            return f"({word.join(self._condition(part, above) for part in condition[kind])})"
        if kind == "not":
            return f"(NOT {self._condition(condition['not'], above)})"
        if kind == "tag":
            return self._tag(condition["tag"])
        if kind == "audience":
            return self._other(condition["audience"], above)
        name = condition["field"]
        return self._interest(condition) if name.startswith(_INTERESTS) else self._field(condition)

    def _other(self, name: str, above: tuple[str, ...]) -> str:
        other = self._audiences.get(name)
        if other is None:
            raise self._wrong(f"audience {name} does not exist")
        self.rule.audiences.append(name)
        return self.audience(other, above)

    def _tag(self, tag: str) -> str:
        """Unknown tags have no code, and sensitive tags (health, belief) are never used."""
        self.rule.values.append(tag)
        normal = "AND t.sensitivity = 'normal' " * ("sensitivity" in self._catalogue.tag_columns)
        return (
            "EXISTS (SELECT 1 FROM customer_tags t WHERE t.customer_id = c.customer_id "
            f"AND t.is_active {normal}AND t.tag_code = ?)"
        )

    def _interest(self, condition: Condition) -> str:
        name = condition["field"]
        dimension = name.removeprefix(_INTERESTS)
        if dimension not in DIMENSIONS:
            known = ", ".join(_INTERESTS + known for known in DIMENSIONS)
            raise self._wrong(f"unknown field {name}; the fields are {known}")
        if set(condition) - {"field", "top"} != {"contains"}:
            raise self._wrong(f"field {name} takes contains and, optionally, top")
        self.rule.values += [dimension, condition["contains"]]
        top = ""
        if "top" in condition:
            self.rule.values.append(condition["top"])
            top = " AND n.rank <= ?"
        return (
            "EXISTS (SELECT 1 FROM customer_interests n WHERE n.customer_id = c.customer_id "
            f"AND n.dimension = ? AND n.value = ?{top})"
        )

    def _field(self, condition: Condition) -> str:
        name = condition["field"]
        refuse_contacts([name], self._name)
        found = self._catalogue.find(name, self._name)
        operators = [key for key in condition if key != "field"]
        if not operators or set(operators) - set(_OPERATORS):
            raise self._wrong(f"field {name} takes {', '.join(_OPERATORS)}")
        self.rule.fields[name] = found
        return f"({' AND '.join(self._comparison(found, o, condition[o]) for o in operators)})"

    def _comparison(self, found: Field, operator: str, value: Any) -> str:
        if operator == "known":
            if not isinstance(value, bool):
                raise self._wrong(f"field {found.name}: known must be true or false")
            return f"({found.expression} IS {'NOT ' * value}NULL)"
        if found.kind in ("text", "truth") and operator not in _EQUALITY:
            raise self._wrong(
                f"field {found.name} is of type {found.kind}, which has no {operator}"
            )
        values = value if operator == "in" else [value]
        self.rule.values += [self._value(found, one) for one in values]
        if operator == "in":
            marks = ", ".join("?" for _ in values)
            return f"coalesce({found.expression} IN ({marks}), false)"
        return f"coalesce({found.expression} {_COMPARISONS[operator]} ?, false)"

    def _value(self, found: Field, value: Any) -> Any:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        fits = {
            "number": is_number,
            "truth": isinstance(value, bool),
            "text": isinstance(value, str),
            "time": isinstance(value, str),
        }[found.kind]
        if not fits:
            raise self._wrong(f"field {found.name} is of type {found.kind}, and {value!r} is not")
        if is_number:
            return self._number(found, value)
        if found.kind != "time":
            return value
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise self._wrong(f"field {found.name} is a time, and {value!r} is not") from None

    def _number(self, found: Field, value: float) -> Decimal:
        """Keep the number as written: a binary fraction would miss the cent."""
        number = Decimal(str(value))
        if not number.is_finite():
            raise self._wrong(f"field {found.name}: {value} is not a finite number")
        return number

    def _wrong(self, what: str) -> ConfigurationError:
        return ConfigurationError(f"audience {self._name}: {what}")
