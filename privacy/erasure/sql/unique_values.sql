-- Values of the erased records, as typed, that no other row has or contains. Values below the
-- minimum length would be found by chance.
with erased as (
    select
        affiliate_id,
        customer_id
    from {records}
),

stated as materialized (
    select
        affiliate_id,
        customer_id,
        trim(unnest(contents)) as content
    from {customer_values}
),

own_values as (
    select distinct content
    from stated
    semi join erased using (affiliate_id, customer_id)  -- noqa: ST07
    where
        length(content)
        >= case
            when regexp_full_match(content, '[0-9 ]+') then {shortest_number}
            else {shortest}
        end
),

other_values as (
    select distinct lower(content) as content
    from stated
    anti join erased using (affiliate_id, customer_id)  -- noqa: ST07

    union

    select lower(unnest(contents)) as content from {other_values}
)

select content
from own_values
where
    not exists (
        select 1
        from other_values
        where contains(other_values.content, lower(own_values.content))
    )
order by content
