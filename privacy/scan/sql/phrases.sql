-- A phrase that many rows share identifies no one, unless the column consists of known names.
with worded as (
    select
        tbl,
        col,
        rows,
        string_split(phrase(value), ' ') as words
    from release_text
    where not opaque and regexp_matches(value, '\p{{L}}{{2}}')
),

all_runs as (
    select
        tbl,
        col,
        rows,
        unnest(list_append(runs(words), array_to_string(words, ' '))) as run
    from worded
    where len(words) >= 2
),

shared as (
    select
        tbl,
        col,
        run,
        sum(rows) as rows
    from all_runs
    group by tbl, col, run
),

filled as (
    select
        tbl,
        col,
        count(distinct value) as texts
    from release_text
    group by tbl, col
),

names as (
    select
        shared.tbl,
        shared.col,
        min(known_phrase.kind) as kind,
        count(*) as names,
        count(*) filter (where shared.rows < {crowd}) as rare
    from shared
    inner join known_phrase on shared.run = known_phrase.value
    group by shared.tbl, shared.col
),

counted as (
    select
        names.tbl,
        names.col,
        names.kind,
        case
            when names.names >= {min_known} and 2 * names.names >= filled.texts then names.names
            else names.rare
        end as found
    from names
    inner join filled
        on
            names.tbl = filled.tbl
            and names.col = filled.col
)

select
    tbl,
    col,
    kind,
    found
from counted
where found > 0
