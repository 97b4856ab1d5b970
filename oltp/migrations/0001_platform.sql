-- What every table needs: the roles, the mapping of tenants to affiliates, and one procedure that
-- gives a table its guards. Roles are shared by all databases of a cluster, so another database,
-- or another migration at this very moment, may have created them already.

do $$
begin
    create role affiliate_tenant nologin nosuperuser nocreatedb nocreaterole nobypassrls;
exception when duplicate_object or unique_violation then null;
end $$;

do $$
begin
    create role platform_reader login nosuperuser nocreatedb nocreaterole nobypassrls;
exception when duplicate_object or unique_violation then null;
end $$;

create schema affiliate;
create schema sales;

grant usage on schema platform to affiliate_tenant;
grant usage on schema affiliate, sales to affiliate_tenant, platform_reader;
alter default privileges in schema affiliate grant select on tables to platform_reader;
alter default privileges in schema sales grant select on tables to platform_reader;

-- The clock of `updated_at`. A session that replays history sets `affiliate.clock` to the moment it
-- replays; all others have the server's time, whatever they write into the column.
create function platform.touch_updated_at() returns trigger
language plpgsql
as $$
begin
    new.updated_at := coalesce(
        nullif(pg_catalog.current_setting('affiliate.clock', true), '')::timestamptz,
        pg_catalog.now()
    );
    return new;
end
$$;

-- Gives a table its `updated_at` trigger, row-level security that binds its owner too, and one
-- policy per role. Tenants may do to their own rows what `tenant_rights` grants.
-- The array makes the planner look the mapping up once a statement, and use an index on the key.
create procedure platform.guard_table(guarded regclass, affiliate_key name, tenant_rights text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    own_rows constant text := format(
        '%I = any (array(select m.affiliate_id from platform.tenant_role as m '
        'where m.role_name = current_user))',
        affiliate_key
    );
begin
    execute format(
        'create trigger touch_updated_at before update on %s '
        'for each row execute function platform.touch_updated_at()', guarded);
    execute format('alter table %s enable row level security', guarded);
    execute format('alter table %s force row level security', guarded);
    execute format(
        'create policy own_affiliate on %s to affiliate_tenant using (%s) with check (%s)',
        guarded, own_rows, own_rows);
    execute format(
        'create policy read_all on %s for select to platform_reader using (true)', guarded);
    execute format('grant %s on %s to affiliate_tenant', tenant_rights, guarded);
end
$$;
