{# Pre-hooks of the tables that keep state between runs: they delete the rows that this run computes
   again. #}

{% macro purge_restated_records() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1 from {{ ref('int_identity__restated_records') }} as restated
            where
                restated.affiliate_id = {{ this }}.affiliate_id
                and restated.affiliate_customer_id = {{ this }}.affiliate_customer_id
        )
    {%- endif -%}
{%- endmacro %}

{% macro purge_changed_keys() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1 from {{ ref('int_identity__changed_keys') }} as changed
            where changed.kind = {{ this }}.kind and changed.key_value = {{ this }}.key_value
        )
    {%- endif -%}
{%- endmacro %}

{% macro purge_touched_records() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where record_id in (select record_id from {{ ref('int_identity__touched_records') }})
    {%- endif -%}
{%- endmacro %}

{% macro purge_touched_pairs() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where
            left_record_id in (select record_id from {{ ref('int_identity__touched_records') }})
            or right_record_id in (select record_id from {{ ref('int_identity__touched_records') }})
    {%- endif -%}
{%- endmacro %}

{% macro purge_affected_records() -%}
    {%- if identity_is_incremental() -%}
        delete from {{ this }}
        where record_id in (select record_id from {{ ref('int_identity__affected_records') }})
    {%- endif -%}
{%- endmacro %}

{# The review is incremental if the ledger is. #}
{% macro purge_affected_reviews() -%}
    {{ purge_affected_records() if ledger_is_incremental() else purge_all_rows() }}
{%- endmacro %}

{# Query of the rows of affected records, or of all in a full run. #}
{% macro affected_rows(model, only) -%}
    select records.*
    from {{ ref(model) }} as records
    {%- if only %}
    inner join {{ ref('int_identity__affected_records') }} as affected
        on records.record_id = affected.record_id
    {%- endif %}
{%- endmacro %}

{# In the ledger's tables, records whose person may have changed. #}
{% macro purge_members() -%}
    {%- if ledger_is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1 from {{ ref('int_identity__members') }} as members
            where
                members.affiliate_id = {{ this }}.affiliate_id
                and members.affiliate_customer_id = {{ this }}.affiliate_customer_id
        )
    {%- else -%}
        {{ purge_all_rows() }}
    {%- endif -%}
{%- endmacro %}

{% macro purge_changed_periods() -%}
    {%- if ledger_is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1 from {{ ref('int_identity__assignment_changes') }} as changes
            where
                changes.affiliate_id = {{ this }}.affiliate_id
                and changes.affiliate_customer_id = {{ this }}.affiliate_customer_id
        )
    {%- else -%}
        {{ purge_all_rows() }}
    {%- endif -%}
{%- endmacro %}

{% macro purge_edges_of_members() -%}
    {%- if ledger_is_incremental() -%}
        delete from {{ this }}
        where left_record_id in (select record_id from {{ ref('int_identity__members') }})
    {%- else -%}
        {{ purge_all_rows() }}
    {%- endif -%}
{%- endmacro %}

{# People whose records changed, or whose records' values changed. #}
{% macro purge_restated_people() -%}
    {%- if ledger_is_incremental() -%}
        delete from {{ this }}
        where customer_id in (
            select prior_customer_id from {{ ref('int_identity__members') }}
            union
            {{- restated_people() }}
        )
    {%- else -%}
        {{ purge_all_rows() }}
    {%- endif -%}
{%- endmacro %}

{# Query of the current people of records whose person or values may have changed. #}
{% macro restated_people() -%}
    {%- for records in ['int_identity__members', 'int_identity__restated_records'] %}
    select xref.customer_id
    from {{ ref('customer_xref') }} as xref
    inner join {{ ref(records) }} as records
        on
            xref.affiliate_id = records.affiliate_id
            and xref.affiliate_customer_id = records.affiliate_customer_id
    {{- ' union ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Events of the last build have been landed in one manifest entry since. #}
{% macro place_landed_events() -%}
    {%- if ledger_is_incremental() -%}
        update {{ this }}
        set landing_position = (select max(_seq) from {{ source('raw', 'identity_events') }})
        where landing_position is null
    {%- else -%}
        {{ purge_all_rows() }}
    {%- endif -%}
{%- endmacro %}

{# A full run refills the ledger's existing tables: until that is done, they keep their rows. #}
{% macro purge_all_rows() -%}
    {%- if load_relation(this) is not none -%}
        delete from {{ this }}
    {%- endif -%}
{%- endmacro %}
