{{ config(materialized='ephemeral') }}
{# Other forms of a given name: the names of a nickname, the nicknames of a name, and nicknames of
   the same name. Separated by blanks, so that one can be found as ' liz '. #}
with pairs as (
    select
        name as first_name,
        nickname as variant
    from {{ ref('identity_nicknames') }}
    union
    select
        nickname as first_name,
        name as variant
    from {{ ref('identity_nicknames') }}
    union
    select
        a.nickname as first_name,
        b.nickname as variant
    from {{ ref('identity_nicknames') }} as a
    inner join {{ ref('identity_nicknames') }} as b on a.name = b.name and a.nickname <> b.nickname
)

select
    first_name,
    ' ' || string_agg(variant, ' ' order by {{ binary_order('variant') }}) || ' ' as name_variants
from pairs
group by first_name
