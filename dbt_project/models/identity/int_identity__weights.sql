{{ config(pre_hook="{{ forget_other_link_weight() }}") }}
{# The weights in force, one column per field and level, and those that a pair must reach. #}
select
    {{ var('identity_weights_version') }} as version,
    {{ link_weight() }} as link_weight,
    {{ link_weight() }} - {{ var('identity_cut_slack') }} as cut_weight,
    {{ weights_by_level() }}
from {{ ref('identity_weights') }}
where version = {{ var('identity_weights_version') }}
