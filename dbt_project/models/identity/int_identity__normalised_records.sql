with folded as (
    select
        affiliate_id,
        affiliate_customer_id,
        {{ fold_text('email') }} as email_folded,
        {{ fold_text('full_name') }} as name_folded,
        {{ fold_text('gender') }} as gender_folded,
        birth_date,
        upper(trim(country)) as country,
        known_since,
        last_stated_at
    from {{ ref('int_identity__records') }}
),

keyed as (
    select
        *,
        {{ email_key('email_folded') }} as email_key,
        {{ first_name_key('name_folded') }} as first_name_key,
        {{ gender_code('gender_folded') }} as gender
    from folded
),

junk as (
    select
        kind,
        value
    from {{ ref('identity_junk_values') }}
)

select
    keyed.affiliate_id,
    keyed.affiliate_customer_id,
    case
        when junk_address.value is null and junk_mailbox.value is null and junk_domain.value is null
            then keyed.email_key
    end as email_key,
    case
        when coalesce(keyed.email_folded, '') = '' then 'missing'
        when junk_address.value is not null or junk_domain.value is not null then 'placeholder'
        when keyed.email_key is null then 'invalid'
        when junk_mailbox.value is not null then 'role'
        else 'usable'
    end as email_kind,
    keyed.first_name_key,
    keyed.gender,
    case
        when
            junk_date.value is null
            and keyed.birth_date >= cast('1900-01-01' as date)
            and keyed.birth_date <= {{ utc_date(as_of()) }}
            and {{ full_years('keyed.birth_date', utc_date(as_of())) }} <= 120
            then keyed.birth_date
    end as birth_date,
    keyed.birth_date is not null as has_birth_date,
    case when {{ regexp_like('keyed.country', '^[A-Z]{2}$') }} then keyed.country end as country,
    keyed.known_since,
    keyed.last_stated_at
from keyed
left join junk as junk_address
    on junk_address.kind = 'email' and keyed.email_folded = junk_address.value
left join junk as junk_domain
    on junk_domain.kind = 'domain' and split_part(keyed.email_key, '@', 2) = junk_domain.value
left join junk as junk_mailbox
    on junk_mailbox.kind = 'mailbox' and split_part(keyed.email_key, '@', 1) = junk_mailbox.value
left join junk as junk_date
    on junk_date.kind = 'birth_date' and cast(keyed.birth_date as text) = junk_date.value
