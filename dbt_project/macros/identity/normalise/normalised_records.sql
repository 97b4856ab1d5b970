{# Query of customer records as they are compared: null rather than wrong. `relation` has the
   columns of int_identity__records. Every stage reads the previous one's result once; the seeds are
   small, so a join is a look-up. #}
{% macro normalised_records(relation) -%}
{%- set table = fold_table() -%}
with abroad as (
    select calling_code, min(min_digits) as min_digits, max(max_digits) as max_digits
    from {{ ref('identity_dialling_plans') }}
    group by calling_code
),

folded {{ stage() }} (
    select
        cast(affiliate_id as text) || ':' || cast(affiliate_customer_id as text) as record_id,
        affiliate_id,
        affiliate_customer_id,
        {{ fold_text('full_name', table) }} as name_folded,
        {{ fold_text('email', table) }} as email_folded,
        {{ fold_text('phone', table) }} as phone_folded,
        {{ fold_text('identifier', table) }} as identifier_folded,
        {{ fold_text('identifier_type', table) }} as identifier_type_folded,
        {{ fold_text('postal_code', table) }} as postal_code_folded,
        {{ fold_text('gender', table) }} as gender_folded,
        {{ fold_text('country', table) }} as country_folded,
        birth_date,
        known_from,
        known_since,
        last_stated_at,
        {{ stated_hash() }} as stated_hash
    from {{ relation }} as records
),

written {{ stage() }} (
    select
        folded.*,
        {{ name_text('name_folded') }} as name_words,
        {{ email_text('email_folded') }} as email_written,
        {{ phone_digits('phone_folded') }} as phone_written,
        {{ identifier_key('identifier_folded') }} as identifier_key,
        nullif(regexp_replace(identifier_type_folded, '[^a-z0-9]+', '', 'g'), '') as identifier_type,
        {{ postal_code_key('postal_code_folded') }} as postal_code,
        {{ gender_code('gender_folded') }} as gender,
        case country_folded when 'uk' then 'GB' when 'el' then 'GR' else upper(country_folded) end
            as country_typed
    from folded
),

read_as {{ stage() }} (
    select
        written.*,
        home.country,
        {{ name_needs_care('name_words') }} as is_name_formal,
        {{ email_address('email_written') }} as email_address,
        {{ phone_international('phone_written') }} as phone_international
    from written
    left join {{ ref('identity_dialling_plans') }} as home on written.country_typed = home.country
),

bare {{ stage() }} (
    select
        read_as.*,
        case when is_name_formal then {{ name_without_titles('name_words') }} else name_words end
            as name_untitled,
        {{ email_mailbox('email_address') }} as mailbox_typed,
        {{ email_domain('email_address') }} as domain_typed,
        {{ phone_calling_code('phone_international') }} as calling_code
    from read_as
),

ordered {{ stage() }} (
    select
        bare.*,
        case when is_name_formal then {{ name_in_order('name_untitled') }} else name_untitled end
            as name_plain,
        case when is_name_formal then {{ name_suffix('name_untitled') }} end as name_suffix,
        case when providers.ignores_dots then replace(mailbox_typed, '.', '') else mailbox_typed end
            as mailbox,
        coalesce(providers.mailbox_domain, domain_typed) as domain,
        {{ phone_national('phone_written', 'phone_international') }} as phone_national
    from bare
    left join {{ ref('identity_mail_providers') }} as providers
        on bare.domain_typed = providers.domain
    left join {{ ref('identity_dialling_plans') }} as home on bare.country = home.country
    left join abroad on bare.calling_code = abroad.calling_code
),

cored {{ stage() }} (
    select
        ordered.*,
        {{ name_without_last_initials('name_plain') }} as name_core,
        replace(replace(name_words, ' ', ''), ',', '') as name_letters
    from ordered
),

named {{ stage() }} (
    select
        cored.*,
        {{ first_name('name_plain', 'name_core', 'name_words') }} as first_typed,
        {{ surname('name_core', 'name_words') }} as surname_typed
    from cored
),

junk as (
    {{ junk_values() }}
),

checked {{ stage() }} (
    {{ junk_findings('named', 'junk') }}
),

compared {{ stage() }} (
    select
        record_id,
        affiliate_id,
        affiliate_customer_id,
        case when email_kind = 'usable' then mailbox || '@' || domain end as email_key,
        email_kind,
        {{ phone_key('phone_national') }} as phone_key,
        identifier_key,
        identifier_type,
        case when not is_name_junk then first_typed end as first_name,
        case when not is_name_junk then middle_typed end as middle_name,
        case when not is_name_junk then surname_typed end as surname,
        case when not is_name_junk then name_suffix end as name_suffix,
        case
            when is_birth_date_likely and {{ is_birth_date_possible() }} then birth_date
        end as birth_date,
        birth_date is not null as has_birth_date,
        postal_code,
        country,
        gender,
        known_from,
        known_since,
        last_stated_at,
        stated_hash
    from checked
)

select
    *,
    {{ compared_hash() }} as compared_hash
from compared
{%- endmacro %}
