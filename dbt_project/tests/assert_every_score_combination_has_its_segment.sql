-- A gap or a shifted boundary in the mapping would put people in the wrong segment, so each
-- segment must have its fixed number of the 125 combinations.
with scores as (
    select numbers.score
    from (values (1), (2), (3), (4), (5)) as numbers (score)
),

segments as (
    select
        {{ rfm_segment('r.score', 'f.score', 'm.score') }} as segment
    from scores as r
    cross join scores as f
    cross join scores as m
),

found as (
    select
        segment,
        count(*) as combinations
    from segments
    group by segment
),

meant (segment, combinations) as (
    values
    ('champions', 8), ('loyal', 37), ('new', 10), ('big_spenders', 8), ('promising', 12),
    ('cannot_lose', 6), ('at_risk', 24), ('about_to_sleep', 10), ('hibernating', 10)
)

select
    found.segment,
    found.combinations,
    meant.combinations as meant_combinations
from found
full outer join meant on found.segment = meant.segment
where found.combinations is distinct from meant.combinations
