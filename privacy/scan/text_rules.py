r"""Rules that find personal values in texts, as SQL. A row is (table, column, kind, count).

Each kind is compared in its own way, to avoid false positives:

| kind | refused |
|---|---|
| email | matches the pattern; or a known one that does not |
| phone | `+` and 8 digits; an area code in brackets; known ones of 9 digits, in any format |
| identifier | a known one of 6 characters, as a word or a value; digits only: like phones |
| iban | matches the pattern and has valid check digits |
| name, street | a known one of 2 to 6 words, also inside a text; ignores case, accents and order |
| birth_date | a known one before the first business day, as `1985-03-12` or `12.03.1985` |
| postal_code, city | a column with at least 5 known ones that are at least half of its values |
| handle | a known one with `@`, also inside a text; without it, as a whole value |
| hash | md5, sha1 or sha256 of a known e-mail, phone or identifier |

Not refused:

- A single word ("Ana"), a single postal code ("1000") or a single city: each is ambiguous.
- A name that is also a brand, a category or an affiliate's slug, and a part of an affiliate's name.
- A name that 20 rows of a column share ("walk-in customer"), unless at least half of the column's
  values, and at least 5, are known names: such a column names its sellers or affiliates.
- A handle without `@` that is also an affiliate's slug.
- Known digits in less than 1 % of a column's digit runs: some of ten million order numbers equal a
  phone number by chance. With fewer than 100 runs a single one is refused.
- Parts of random IDs (UUID, hex, base32): they are compared as a whole.
"""

from __future__ import annotations

#: A phrase that this many rows share identifies no one.
CROWD = 20
#: A column of known values: so many of them, and half of all.
COLUMN = 5

OPAQUE = (
    r"^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|([a-z]{1,8}_)?[0-9a-f]*[a-f][0-9a-f]*|([a-z]{1,8}_)?[A-Z2-7]*[A-Z][A-Z2-7]*)$"
)
_EMAIL = r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*\.\p{L}{2,}"
_PHONE = (
    r"(^|[^0-9A-Za-z])(\+[ ]?[0-9]([ ()./-]*[0-9]){7,}|\([0-9]{2,5}\)[ -]?[0-9]([ -]?[0-9]){4,})"
)
IBAN = r"[A-Z]{2}[0-9]{2}( ?[0-9A-Z]{4}){2,7}( ?[0-9A-Z]{1,4})?"
_DIGIT_RUN = r"[0-9](?:[ ()./-]{0,2}[0-9]){8,}"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}"


def _column_of(kind: str, macro: str) -> str:
    """SQL for columns with known values of a kind, which say nothing where they stand alone."""
    return f"""
        SELECT tbl, col, '{kind}', count(*) FILTER (known) FROM (
            SELECT tbl, col, {macro}(value) IN (FROM known_{kind}) AS known
            FROM release_text WHERE NOT opaque
        )
        GROUP BY tbl, col
        HAVING count(*) FILTER (known) >= {COLUMN}
            AND 2 * count(*) FILTER (known) >= count(*)
    """


MATCHES = {
    "email": f"""
        SELECT tbl, col, 'email', count(DISTINCT value) FROM release_text
        WHERE regexp_matches(value, '{_EMAIL}')
            OR (contains(value, '@') AND lower(trim(value)) IN (FROM known_email))
        GROUP BY ALL
    """,
    "phone pattern": f"""
        SELECT tbl, col, 'phone', count(DISTINCT value) FROM release_text
        WHERE NOT opaque AND regexp_matches(value, '{_PHONE}') GROUP BY ALL
    """,
    "known digits": f"""
        WITH runs AS (
            SELECT DISTINCT tbl, col,
                ltrim(digits(unnest(regexp_extract_all(value, '{_DIGIT_RUN}'))), '0') AS run
            FROM release_text WHERE NOT opaque
        )
        SELECT tbl, col, coalesce(min(kind), ''), count(kind)
        FROM runs LEFT JOIN known_digits k ON k.value = runs.run
        GROUP BY tbl, col HAVING count(kind) * 100 > count(*)
    """,
    "identifier": """
        WITH words AS (
            SELECT DISTINCT tbl, col, unnest(list_append(
                CASE WHEN opaque THEN [] ELSE regexp_extract_all(upper(value), '[0-9A-Z]{6,}') END,
                code(value)
            )) AS word
            FROM release_text
        )
        SELECT tbl, col, 'identifier', count(*) FROM words
        WHERE word IN (FROM known_code) GROUP BY ALL
    """,
    "phrases": f"""
        WITH worded AS (
            SELECT tbl, col, rows, string_split(phrase(value), ' ') AS words
            FROM release_text WHERE NOT opaque AND regexp_matches(value, '\\p{{L}}{{2}}')
        ),
        shared AS (
            SELECT tbl, col, run, sum(rows) AS rows FROM (
                SELECT tbl, col, rows,
                    unnest(list_append(runs(words), array_to_string(words, ' '))) AS run
                FROM worded WHERE len(words) >= 2
            ) GROUP BY ALL
        ),
        filled AS (
            SELECT tbl, col, count(DISTINCT value) AS texts FROM release_text GROUP BY ALL
        ),
        found AS (
            SELECT tbl, col, min(kind) AS kind, count(*) AS names,
                count(*) FILTER (rows < {CROWD}) AS rare
            FROM shared JOIN known_phrase k ON k.value = shared.run GROUP BY tbl, col
        )
        SELECT tbl, col, kind, CASE WHEN names >= {COLUMN} AND 2 * names >= texts
            THEN names ELSE rare END AS refused
        FROM found JOIN filled USING (tbl, col) WHERE refused > 0
    """,
    "handle": r"""
        WITH words AS (
            SELECT tbl, col, handle(value) AS word, FALSE AS is_marked FROM release_text
            UNION
            SELECT tbl, col,
                handle(unnest(regexp_extract_all(lower(value), '@[\p{L}\p{N}._-]+'))), TRUE
            FROM release_text WHERE contains(value, '@')
        )
        SELECT tbl, col, 'handle', count(DISTINCT word)
        FROM words JOIN known_handle k ON k.value = words.word
        WHERE is_marked OR NOT is_word GROUP BY tbl, col
    """,
    "birth date": f"""
        WITH dates AS (
            SELECT DISTINCT tbl, col, unnest(regexp_extract_all(value, '{_DATE}')) AS written
            FROM release_text WHERE NOT opaque
        ),
        parsed AS (
            SELECT tbl, col, written, unnest([
                TRY_CAST(written AS DATE),
                CAST(try_strptime(translate(written, '.-', '//'), '%d/%m/%Y') AS DATE),
                CAST(try_strptime(translate(written, '.-', '//'), '%m/%d/%Y') AS DATE)
            ]) AS day FROM dates
        )
        SELECT tbl, col, 'birth_date', count(DISTINCT written) FROM parsed
        WHERE day < (SELECT first_day FROM business_start) AND day IN (FROM known_birth_date)
        GROUP BY tbl, col
    """,
    "postal code": _column_of("postal_code", "code"),
    "city": _column_of("city", "phrase"),
    "hash": """
        WITH hex AS (
            SELECT tbl, col, replace(lower(value), '-', '') AS value FROM release_text
            WHERE regexp_matches(value, '^[0-9A-Fa-f-]{32,64}$')
        ),
        known AS (
            SELECT DISTINCT unnest(CASE kind
                WHEN 'email' THEN [written, lower(trim(written))]
                WHEN 'phone' THEN [written, digits(written)]
                ELSE [written, code(written)]
            END) AS v
            FROM personal
            WHERE kind IN ('email', 'phone', 'identifier') AND EXISTS (FROM hex)
        )
        SELECT tbl, col, 'hash of a personal value', count(DISTINCT value) FROM hex
        WHERE value IN (SELECT md5(v) FROM known) OR value IN (SELECT sha1(v) FROM known)
            OR value IN (SELECT sha256(v) FROM known)
        GROUP BY tbl, col
    """,
}
