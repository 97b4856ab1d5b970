-- As of the release, so the period does not apply.
select
    r_score as recency,
    f_score as frequency,
    count(*) as customers,
    count(*) / sum(count(*)) over () as share,
    avg(m_score) as average_m_score
from customer
where r_score is not null
group by r_score, f_score
order by recency desc, frequency
