with last_signs as (
    select
        attributes.customer_id,
        attributes.known_since as first_seen_at,
        greatest(
            attributes.known_since,
            orders.last_any_order_at,
            activity.last_visit_at,
            deals.last_event_at
        ) as last_seen_at,
        activity.last_visit_at,
        activity.sessions_7d,
        activity.sessions_30d,
        activity.sessions_90d,
        activity.active_days_30d,
        deals.funnel_stage,
        deals.stage_since
    from {{ ref('int_identity__customer_attributes') }} as attributes
    left join {{ ref('int_customers__order_metrics') }} as orders
        on attributes.customer_id = orders.order_customer_id
    left join {{ ref('int_visits__activity') }} as activity
        on attributes.customer_id = activity.customer_id
    left join {{ ref('int_funnel__customer_stages') }} as deals
        on attributes.customer_id = deals.customer_id
)

select
    cast(signs.customer_id as text) as customer_id,
    {{ empty_list_if_null('visited.products_visited') }} as products_visited,
    cast(coalesce(visited.products_visited_count, 0) as integer) as products_visited_count,
    cast(coalesce(visited.visited_not_bought_count, 0) as integer) as visited_not_bought_count,
    cast(coalesce(signs.sessions_7d, 0) as integer) as sessions_7d,
    cast(coalesce(signs.sessions_30d, 0) as integer) as sessions_30d,
    cast(coalesce(signs.sessions_90d, 0) as integer) as sessions_90d,
    cast(coalesce(signs.active_days_30d, 0) as integer) as active_days_30d,
    cast(signs.first_seen_at as timestamptz) as first_seen_at,
    cast(signs.last_seen_at as timestamptz) as last_seen_at,
    cast({{ days_between('signs.last_seen_at', as_of()) }} as integer) as days_since_last_seen,
    cast(channels.first_channel as text) as first_channel,
    cast(channels.last_channel as text) as last_channel,
    cast(channels.preferred_channel as text) as preferred_channel,
    cast(signs.funnel_stage as text) as funnel_stage,
    cast(signs.stage_since as timestamptz) as funnel_stage_since,
    {{ empty_list_if_null('suggestions.next_best_products') }} as next_best_products,
    {{ as_of() }} as insights_as_of
from last_signs as signs
left join {{ ref('int_visits__products_visited') }} as visited
    on signs.customer_id = visited.customer_id
left join {{ ref('int_customers__channels') }} as channels
    on signs.customer_id = channels.customer_id
left join {{ ref('int_suggestions__next_best_products') }} as suggestions
    on signs.customer_id = suggestions.customer_id
