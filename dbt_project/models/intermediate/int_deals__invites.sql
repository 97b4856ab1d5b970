with invites as (
    select
        invites.affiliate_id,
        invites.invite_id,
        records.affiliate_customer_id,
        erasures.affiliate_customer_id is not null as is_erased,
        coalesce(invites.invited_at, invites.created_at) as invited_at,
        case when invites.accepted_at <= {{ as_of() }} then invites.accepted_at end as accepted_at,
        {{ channel_code('invites.channel') }} as channel,
        coalesce(lower(trim(invites.email)), cast(invites.invite_id as text)) as invitee
    from {{ ref('stg_oltp__customer_invites') }} as invites
    left join {{ known_records() }} as records
        on
            invites.affiliate_id = records.affiliate_id
            and invites.affiliate_customer_id = records.affiliate_customer_id
    left join {{ ref('erased_records') }} as erasures
        on
            invites.affiliate_id = erasures.affiliate_id
            and invites.affiliate_customer_id = erasures.affiliate_customer_id
    where coalesce(invites.invited_at, invites.created_at) <= {{ as_of() }}
),

-- the first invitation of a record, or of an address that belongs to no record
first_invites as (
    select
        *,
        {%- set same_person -%}
            partition by affiliate_id, affiliate_customer_id, case
                when affiliate_customer_id is null then invitee
            end
        {%- endset %}
        min(accepted_at) over ({{ same_person }}) as first_accepted_at,
        row_number() over ({{ same_person }} order by invited_at, invite_id) as place
    from invites
    where not is_erased
)

select
    affiliate_id,
    invite_id,
    affiliate_customer_id,
    channel,
    invited_at,
    first_accepted_at as accepted_at
from first_invites
where place = 1
