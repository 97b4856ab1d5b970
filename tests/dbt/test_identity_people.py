"""Who must never become one person, and what must not bring the matching to its knees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.dbt.dbt_warehouse import Warehouse
from tests.dbt.identity_world import create

COLUMNS = (
    "full_name", "email", "phone", "gender", "birth_date", "identifier", "identifier_type",
    "postal_code", "country",
)  # fmt: skip
SIZE = 11_000
#: However hard a world is: pairs that are compared, at most, per record. All pairs would be 5,500.
PAIRS_PER_RECORD = 5
#: Pairs within components, where those that are not plainly one person are compared once more.
WITHIN_COMPONENTS = """
select coalesce(sum(component_records - 1), 0) / 2 from identity.int_identity__components
"""

#: Letters in place of digits.
LETTERS = str.maketrans("0123456789", "ghijklmnop")

Statement = dict[str, str | None]


@dataclass
class Built:
    """People of a world: record number → person, and how many pairs of records were compared."""

    person: dict[int, str]
    pairs: int

    def are_one(self, *records: int) -> bool:
        """Whether all of these records are one person."""
        return len({self.person[record] for record in records}) == 1

    def are_all_apart(self, records: Iterable[int]) -> bool:
        """Whether each of these records is a person of its own."""
        people = [self.person[record] for record in records]
        return len(set(people)) == len(people)


def build(folder: Path, records: list[Statement]) -> Built:
    """Builds identity from records as they were typed; record n is row n, from 1."""
    warehouse = Warehouse("duckdb", str(folder / "warehouse.duckdb"), folder)
    create(warehouse)
    table = pa.table({name: [r.get(name) for r in records] for name in COLUMNS}).cast(
        pa.schema([(name, pa.string()) for name in COLUMNS])
    )
    with duckdb.connect(warehouse.location) as connection:
        connection.register("typed", table)
        connection.execute(
            """
            insert into identity.int_identity__records by name
            select
                1::bigint as affiliate_id,
                row_number() over () as affiliate_customer_id,
                * replace (birth_date::date as birth_date),
                'table' as known_from,
                '2025-01-01'::timestamptz as known_since,
                '2025-01-01'::timestamptz as last_stated_at
            from typed
            """
        )
    done = warehouse.dbt(
        "build", "--exclude-resource-type", "unit_test", "test",
        "--select", "+int_identity__clusters", "--exclude", "+int_identity__records",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    rows = warehouse.query(
        "select affiliate_customer_id, cluster_id from identity.int_identity__clusters"
    )
    (candidates,), (within,) = (
        *warehouse.query(_candidates(folder)),
        *warehouse.query(WITHIN_COMPONENTS),
    )
    return Built(dict(rows), int(candidates + within))


def _candidates(folder: Path) -> str:
    """Counts the pairs that the model of pairs weighs."""
    (model,) = (folder / "target" / "compiled").rglob("int_identity__pair_weights.sql")
    candidates, scored, _ = model.read_text().partition(",\n\nscored as (")
    assert scored
    return f"{candidates} select count(*) from candidates"


def plain_people(number: int) -> Iterator[Statement]:
    """Strangers, each with an address of their own."""
    for n in range(number):
        yield {
            "full_name": f"{word(n * 7 + 1)} {word(n * 13 + 5)}",
            "email": f"{word(n)}@post.example",
            "phone": f"+351 91{n:07d}",
            "birth_date": f"{1950 + n % 50}-{1 + n % 12:02d}-{1 + n % 28:02d}",
            "postal_code": f"{10_000 + n % 80_000}",
        }


def number(key: str) -> Statement:
    """An identity number."""
    return {"identifier": key, "identifier_type": "tax_id"}


def word(number: int) -> str:
    """A name of letters only, unlike that of any other number."""
    return sha256(str(number).encode()).hexdigest()[:14].translate(LETTERS)


@pytest.fixture(scope="module")
def household(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The records that the tests name by their place."""
    home = {"email": "home@post.example", "phone": "912345670", "postal_code": "10115"}
    den = {"email": "lenz@post.example", "phone": "912345680", "postal_code": "10116"}
    flat = {"email": "flat@post.example", "phone": "912345690", "postal_code": "10117"}
    attic = {"email": "attic@post.example", "phone": "912345699", "postal_code": "10118"}
    records: list[Statement] = [
        # 1, 2: twins; 3, 4: father and son of one name; 5: the son again, without a birth date
        {"full_name": "Rui Costa", "birth_date": "2001-05-05", **home},
        {"full_name": "Leo Costa", "birth_date": "2001-05-05", **home},
        {"full_name": "Jose Silva", "birth_date": "1950-03-03", "postal_code": "20000"},
        {"full_name": "Jose Silva", "birth_date": "1980-07-07", "postal_code": "20000"},
        {"full_name": "Jose Silva Jr.", "birth_date": None, "postal_code": "20000"},
        # 6 to 9: a role mailbox, a placeholder mailbox, a phone of zeros
        {"full_name": "Ana Reis", "email": "info@company.example", "postal_code": "30000"},
        {"full_name": "Ana Reis", "email": "info@company.example", "postal_code": "40000"},
        {"full_name": "Eva Melo", "email": "noemail@noemail.com", "phone": "000000000"},
        {"full_name": "Eva Melo", "email": "noemail@noemail.com", "phone": "000000000"},
        # 10, 11: one person, written in two ways
        {
            "full_name": "Elizabeth Okafor",
            "email": "liz.okafor@gmail.com",
            "phone": "+1 202 5550143",
        },
        {"full_name": "OKAFOR, Liz", "email": "lizokafor+shop@gmail.com", "phone": "2025550143"},
        # 12, 13: twins of one initial; 14, 15: one person with a slip in a short name
        {"full_name": "Rita Novak", "birth_date": "2003-09-09", **home},
        {"full_name": "Rosalia Novak", "birth_date": "2003-09-09", **home},
        {"full_name": "Ana Brandt", "birth_date": "1990-02-03", "email": "ab@post.example"},
        {"full_name": "Aha Brandt", "birth_date": "1990-02-03", "email": "ab@post.example"},
        # 16, 17: another given name beside one number; 18, 19: twins, one name written in reverse
        {"full_name": "Berthold Frost", "birth_date": "1991-04-04", **number("5512345678")},
        {"full_name": "Ottmar Frost", "birth_date": "1991-04-04", **number("5512345678")},
        {"full_name": "Lia Moser", "birth_date": "2004-08-08", **home},
        {"full_name": "Moser Fabian", "birth_date": "2004-08-08", **home},
        # 20, 21: father and son by their numbers alone; 22, 23: one person with a wrong number
        {"full_name": "Nuno Prado", "postal_code": "50000", **number("2223334445")},
        {"full_name": "Nuno Prado", "postal_code": "50000", **number("7776665551")},
        {"full_name": "Vera Anker", "birth_date": "1977-07-08", **number("1231231234")},
        {"full_name": "Vera Anker", "birth_date": "1977-07-08", **number("9879879871")},
        # 24, 25: strangers of one given name and birth date; 26, 27: a maiden name, nothing against
        {"full_name": "Xaverine Falk", "birth_date": "1966-06-16", "phone": "912345671",
         "postal_code": "60000"},
        {"full_name": "Xaverine Grimm", "birth_date": "1966-06-16", "phone": "913987652",
         "postal_code": "71111"},
        {"full_name": "Quirina Holm", "birth_date": "1969-09-19"},
        {"full_name": "Quirina Vogt", "birth_date": "1969-09-19"},
        # 28, 29: a generation apart, one number, and it is the date that is wrong
        {"full_name": "Teo Abt", "birth_date": "1950-03-03", **number("4443332221")},
        {"full_name": "Teo Abt", "birth_date": "1982-11-21", **number("4443332221")},
        # 30, 31: father and son of a rare name and one mailbox; 32, 33: senior and junior
        {"full_name": "Emmerich Zorn", "birth_date": "1950-03-03", "email": "zorn@post.example"},
        {"full_name": "Emmerich Zorn", "birth_date": "1980-07-07", "email": "zorn@post.example"},
        {"full_name": "Kuno Kranz Sr.", "birth_date": "1955-05-15", "email": "kranz@post.example"},
        {"full_name": "Kuno Kranz Jr.", "birth_date": "1955-05-15", "email": "kranz@post.example"},
        # 34 to 37: a family of one home; 38 to 41: its first two again, by less of a name
        {"full_name": "Tilda Lenz", **den},
        {"full_name": "Bruno Lenz", "birth_date": "1971-01-31", **den},
        {"full_name": "Cosima Lenz", **den},
        {"full_name": "Ottokar Lenz", **den},
        {"full_name": "T. Lenz", **den, "email": "tilda@post.example"},
        {"full_name": "Tilda Lenz", **den, "email": "tilda@post.example"},
        {"full_name": "Brumo Lenz", **den, "email": "bruno@post.example"},
        {"full_name": "Bru Lenz", **den, "email": "bruno@post.example"},
        # 42, 43: a couple of two surnames and all else in common; 44, 45: of given names alone
        {"full_name": "Gerda Pohl", **flat},
        {"full_name": "Hanno Quast", "birth_date": "1988-08-18", **flat},
        {"full_name": "Wiebke", **attic},
        {"full_name": "Jannis", **attic},
        # 46, 47: twins whose numbers follow each other; 48, 49: a wrong given name and a slip in
        # the number; 50, 51: father and son by names, were it not for the number's slip
        {"full_name": "Thekla Arndt", "birth_date": "2006-10-10", **number("6001002003")},
        {"full_name": "Veit Arndt", "birth_date": "2006-10-10", **number("6001002004")},
        {"full_name": "Ulrike Busch", "birth_date": "1983-03-13", **number("7313246571")},
        {"full_name": "Conny Busch", "birth_date": "1983-03-13", **number("7312346571")},
        {"full_name": "Falko Dietz", "birth_date": "1951-01-11", "postal_code": "80111",
         **number("8412563971")},
        {"full_name": "Falko Dietz", "birth_date": "1984-12-02", "postal_code": "80111",
         **number("8412653971")},
        # 52, 53: a maiden name and a wrong number; 54, 55: no key but most of the number in common
        {"full_name": "Hedda Ebner", "birth_date": "1979-11-29", "postal_code": "80222",
         **number("3334445556")},
        {"full_name": "Hedda Gruber", "birth_date": "1979-11-29", "postal_code": "80222",
         **number("9991112223")},
        {"full_name": "Ilka Flatman", "postal_code": "80333", **number("1472583690")},
        {"full_name": "Ilka Flatmann", "postal_code": "84333", **number("1475283690")},
        # 56, 57: names in reverse, and all else is new; 58, 59: all but number and home
        {"full_name": "Jorinde Kessler", "birth_date": "1993-05-25", "email": "jk@post.example",
         "phone": "912345601", "postal_code": "80444"},
        {"full_name": "Kessler Jorinde", "birth_date": "1993-05-25", "email": "own@post.example",
         "phone": "913987602", "postal_code": "91555"},
        {"full_name": "Lorenz Mack", "birth_date": "1964-04-14", "postal_code": "80555",
         **number("2718281828")},
        {"full_name": "Nanette Otten", "birth_date": "1991-10-30", "postal_code": "80555",
         **number("2718281828")},
        # 60, 61: same name and mailbox, born in years 14 apart; 62, 63: in years 13 apart
        {"full_name": "Anselm Pirk", "birth_date": "1960-03-03", "email": "pirk@post.example"},
        {"full_name": "Anselm Pirk", "birth_date": "1974-07-07", "email": "pirk@post.example"},
        {"full_name": "Bertha Ruhl", "birth_date": "1960-03-03", "email": "ruhl@post.example"},
        {"full_name": "Bertha Ruhl", "birth_date": "1973-07-07", "email": "ruhl@post.example"},
        # 64, 65: three digits of the number are others; 66, 67: two
        {"full_name": "Corvin Seitz", "postal_code": "80666", **number("2223334445")},
        {"full_name": "Corvin Seitz", "postal_code": "80666", **number("2229994445")},
        {"full_name": "Dorit Thoma", "postal_code": "80777", **number("9081726354")},
        {"full_name": "Dorit Thoma", "postal_code": "80777", **number("9081729954")},
        # 68, 69: an initial, and the short form of the name that it may stand for; 70, 71: two
        # letters exchanged in a short name; 72, 73: twins of one initial and short names
        {"full_name": "E. Quandt", "email": "quandt@post.example", "postal_code": "80888"},
        {"full_name": "Liz Quandt", "email": "quandt@post.example", "postal_code": "80888"},
        {"full_name": "Mia Sander", "birth_date": "1994-06-06", "email": "ms@post.example"},
        {"full_name": "Mai Sander", "birth_date": "1994-06-06", "email": "ms@post.example"},
        {"full_name": "Jan Tolle", "birth_date": "1995-05-05", "email": "tolle@post.example"},
        {"full_name": "Judi Tolle", "birth_date": "1995-05-05", "email": "tolle@post.example"},
    ]  # fmt: skip
    return build(tmp_path_factory.mktemp("household"), records)


def test_twins_are_two_people(household: Built) -> None:
    assert not household.are_one(1, 2)
    assert not household.are_one(12, 13)
    assert not household.are_one(18, 19)
    assert not household.are_one(46, 47)
    assert not household.are_one(72, 73)


def test_equal_identifiers_match_despite_other_names_or_dates(household: Built) -> None:
    assert household.are_one(16, 17)
    assert household.are_one(28, 29)
    assert household.are_one(58, 59)


def test_typing_error_in_an_identifier_still_matches(household: Built) -> None:
    assert household.are_one(48, 49)
    assert household.are_one(50, 51)
    assert household.are_one(54, 55)


def test_different_identifiers_match_only_with_name_and_birth_date(household: Built) -> None:
    assert not household.are_one(20, 21)
    assert not household.are_one(64, 65)
    assert household.are_one(66, 67)
    assert household.are_one(22, 23)
    assert household.are_one(52, 53)


def test_match_needs_more_evidence_than_strangers_share(household: Built) -> None:
    assert not household.are_one(24, 25)
    assert household.are_one(26, 27)


def test_father_and_son_are_two_people(household: Built) -> None:
    assert not household.are_one(3, 4)
    assert not household.are_one(3, 5)
    assert not household.are_one(30, 31)
    assert not household.are_one(32, 33)
    assert not household.are_one(60, 61)


def test_birth_dates_closer_than_a_generation_count_as_an_error(household: Built) -> None:
    assert household.are_one(62, 63)


def test_shared_family_contacts_do_not_match(household: Built) -> None:
    assert household.are_all_apart(range(34, 38))
    assert household.are_all_apart((42, 43))
    assert household.are_all_apart((44, 45))


def test_abbreviated_or_misspelt_names_match(household: Built) -> None:
    assert household.are_one(34, 38, 39)
    assert household.are_one(35, 40, 41)
    assert household.are_one(68, 69)
    assert household.are_one(70, 71)


def test_role_mailbox_does_not_match(household: Built) -> None:
    assert not household.are_one(6, 7)


def test_placeholders_do_not_match(household: Built) -> None:
    assert not household.are_one(8, 9)


def test_spelling_variants_match(household: Built) -> None:
    assert household.are_one(10, 11)
    assert household.are_one(14, 15)
    assert household.are_one(56, 57)


def test_ten_thousand_customers_with_one_email_stay_apart(tmp_path: Path) -> None:
    records = list(plain_people(SIZE))
    for record in records[:10_000]:
        record["email"] = "newsletter@post.example"
    crowded = build(tmp_path, records)
    assert crowded.are_all_apart(range(1, SIZE + 1))
    assert crowded.pairs <= PAIRS_PER_RECORD * SIZE


def test_chain_of_shared_contacts_does_not_match(tmp_path: Path) -> None:
    records = list(plain_people(SIZE))
    for place, here, there in zip(count(), records[:1000], records[1:1001], strict=False):
        field = ("email", "phone")[place % 2]
        there[field] = here[field]
    chained = build(tmp_path, records)
    assert chained.are_all_apart(range(1, SIZE + 1))
    assert chained.pairs <= PAIRS_PER_RECORD * SIZE


def test_no_records_give_no_customers(tmp_path: Path) -> None:
    empty = build(tmp_path, [])
    assert empty.person == {}
    assert empty.pairs == 0


def test_a_single_record_is_one_person(tmp_path: Path) -> None:
    alone = build(tmp_path, list(plain_people(1)))
    assert alone.person == {1: "1:1"}
    assert alone.pairs == 0
