{{ config(pre_hook="{{ purge_at_new_match_threshold() }}") }}
{# The weights in use, one column per field and level, and the thresholds that a pair must reach. #}
select
    {{ var('identity_weights_version') }} as version,
    {{ link_weight() }} as link_weight,
    {{ link_weight() }} - {{ var('identity_cut_slack') }} as cut_weight,
    {{ weights_by_level() }}
from {{ ref('identity_weights') }}
where version = {{ var('identity_weights_version') }}
