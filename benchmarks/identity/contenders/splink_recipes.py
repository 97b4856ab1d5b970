"""Splink's settings, as its documentation has them for the data set or for data like it.

`febrl_3` and `febrl_4` are its examples of these names (the second links two files and knows that
nobody is twice in one). `customers` follows its README and its example of 50,000 persons; the
blocking rules are narrow enough for millions of records, and all columns that are filled take part.
`names` is for little more than names and birth dates, too few columns to train `customers`.
Columns that a data set lacks are left out of the rules and comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import splink.comparison_library as cl
from splink import SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.comparison_creator import ComparisonCreator

Columns = tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """How a model is made, trained and used.

    Attributes:
        comparisons: By the column they need.
        blocking: Columns that must agree, a rule each, for candidates.
        certain: Rules that hold for pairs of one person nearly always.
        certain_recall: Share of the true pairs that `certain` is guessed to find.
        training: Rules within which expectation maximisation takes place.
        threshold: Match probability above which records are clustered.
        random_pairs: How many are sampled for the estimate of u.
        link_only: Two files, each without repetitions.
        swapped_blocking: Conditions for candidates whose first name and surname are exchanged.
        swapped_certain: The same, for pairs that match nearly always.
    """

    comparisons: dict[Columns, ComparisonCreator]
    blocking: Sequence[Columns]
    certain: Sequence[Columns]
    certain_recall: float
    training: Sequence[Columns]
    threshold: float
    random_pairs: float = 1e7
    link_only: bool = False
    swapped_blocking: Sequence[str] = ()
    swapped_certain: Sequence[str] = ()

    def settings(self, filled: set[str]) -> SettingsCreator:
        """Settings for data with these columns."""
        return SettingsCreator(
            unique_id_column_name="record_id",
            link_type="link_only" if self.link_only else "dedupe_only",
            comparisons=[
                comparison
                for columns, comparison in self.comparisons.items()
                if filled.issuperset(columns)
            ],
            blocking_rules_to_generate_predictions=[
                *self._rules(self.blocking, filled),
                *map(CustomRule, self.swapped_blocking),
            ],
        )

    def certain_rules(self, filled: set[str]) -> list[BlockingRuleCreator]:
        """Rules for the share of pairs that match."""
        return [*self._rules(self.certain, filled), *map(CustomRule, self.swapped_certain)]

    def training_rules(self, filled: set[str]) -> list[BlockingRuleCreator]:
        """Rules for expectation maximisation."""
        return self._rules(self.training, filled)

    @staticmethod
    def _rules(rules: Sequence[Columns], filled: set[str]) -> list[BlockingRuleCreator]:
        return [block_on(*columns) for columns in rules if filled.issuperset(columns)]


def _exact(column: str) -> ComparisonCreator:
    return cl.ExactMatch(column).configure(term_frequency_adjustments=True)


def _febrl_date(column: str) -> ComparisonCreator:
    return cl.DateOfBirthComparison(
        column, input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
    )


RECIPES = {
    "customers": Recipe(
        comparisons={
            ("first_name", "surname"): cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="full_name"
            ),
            ("birth_date",): cl.DateOfBirthComparison("birth_date", input_is_string=False),
            ("email",): cl.EmailComparison("email"),
            ("phone",): cl.LevenshteinAtThresholds("phone", [1, 2]),
            ("identifier",): _exact("identifier"),
            ("postal_code",): _exact("postal_code"),
            ("gender",): cl.ExactMatch("gender"),
            ("street",): cl.LevenshteinAtThresholds("street", [2]),
        },
        blocking=(
            ("email",),
            ("phone",),
            ("identifier",),
            ("first_name", "surname", "postal_code"),
            ("surname", "birth_date"),
            ("first_name", "birth_date"),
            ("birth_date", "postal_code"),
        ),
        certain=(("first_name", "surname", "birth_date"), ("email", "first_name"), ("identifier",)),
        certain_recall=0.7,
        training=(("first_name", "surname"), ("birth_date",), ("email",)),
        threshold=0.95,
    ),
    "names": Recipe(
        comparisons={
            ("first_name",): cl.NameComparison("first_name"),
            ("surname",): cl.NameComparison("surname"),
            ("birth_date",): cl.DateOfBirthComparison("birth_date", input_is_string=False),
            ("identifier",): _exact("identifier"),
            ("street",): cl.LevenshteinAtThresholds("street", [2]),
        },
        blocking=(
            ("identifier",),
            ("first_name", "surname"),
            ("surname", "birth_date"),
            ("first_name", "birth_date"),
            ("surname", "street"),
            ("first_name", "street"),
        ),
        certain=(("identifier",), ("first_name", "surname", "birth_date")),
        certain_recall=0.7,
        training=(("surname",), ("birth_date",), ("first_name",)),
        threshold=0.95,
    ),
    "febrl_3": Recipe(
        comparisons={
            ("given_name",): cl.NameComparison("given_name"),
            ("family_name",): cl.NameComparison("family_name"),
            ("date_of_birth",): _febrl_date("date_of_birth"),
            ("soc_sec_id",): cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            ("street_number",): _exact("street_number"),
            ("postcode",): _exact("postcode"),
        },
        blocking=(
            ("soc_sec_id",), ("given_name",), ("family_name",), ("date_of_birth",), ("postcode",)
        ),
        certain=(("soc_sec_id",), ("given_name", "family_name", "date_of_birth")),
        certain_recall=0.9,
        training=(("date_of_birth",), ("postcode",)),
        threshold=0.95,
        random_pairs=1e6,
        swapped_certain=(
            "l.given_name = r.family_name and l.family_name = r.given_name "
            "and l.date_of_birth = r.date_of_birth",
        ),
    ),
    "febrl_4": Recipe(
        comparisons={
            ("given_name",): cl.NameComparison("given_name").configure(
                term_frequency_adjustments=True
            ),
            ("family_name",): cl.NameComparison("family_name").configure(
                term_frequency_adjustments=True
            ),
            ("date_of_birth",): _febrl_date("date_of_birth"),
            ("soc_sec_id",): cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            ("street_number",): _exact("street_number"),
            ("postcode",): cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(
                term_frequency_adjustments=True
            ),
        },
        blocking=(
            ("given_name", "family_name"),
            ("date_of_birth",),
            ("soc_sec_id",),
            ("state", "address_1"),
            ("street_number", "address_1"),
            ("postcode",),
        ),
        certain=(("soc_sec_id",), ("given_name", "family_name", "date_of_birth")),
        certain_recall=0.8,
        training=(("date_of_birth",), ("postcode",)),
        threshold=0.99,
        random_pairs=1e6,
        link_only=True,
        swapped_blocking=("l.given_name = r.family_name and l.family_name = r.given_name",),
    ),
}  # fmt: skip
