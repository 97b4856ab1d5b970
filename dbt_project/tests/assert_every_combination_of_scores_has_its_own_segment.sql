-- A map with holes sends the people in them to a segment that nobody meant.
with scores as (
    select numbers.score
    from (values (1), (2), (3), (4), (5)) as numbers (score)
),

segments as (
    select
        r.score as r_score,
        f.score as f_score,
        m.score as m_score,
        {{ rfm_segment('r.score', 'f.score', 'm.score') }} as segment
    from scores as r
    cross join scores as f
    cross join scores as m
)

select *
from segments
where
    segment is null
    or segment not in (
        'champions', 'loyal', 'new', 'big_spenders', 'promising',
        'cannot_lose', 'at_risk', 'about_to_sleep', 'hibernating'
    )
