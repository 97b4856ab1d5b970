-- Who sees what. A tenant is a login role in the group `affiliate_tenant`; the affiliates it stands
-- for are listed here, by those who administer the platform. A tenant reads its own entries alone
-- and changes none.
create table platform.tenant_role (
    role_name name not null,
    affiliate_id bigint not null references affiliate.affiliate (id) on delete cascade,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (role_name, affiliate_id)
);

create trigger touch_updated_at before update on platform.tenant_role
for each row execute function platform.touch_updated_at();
alter table platform.tenant_role enable row level security;
alter table platform.tenant_role force row level security;
create policy administration on platform.tenant_role to current_user
using (true) with check (true);
create policy own_entries on platform.tenant_role for select to affiliate_tenant
using (role_name = current_user);
grant select on platform.tenant_role to affiliate_tenant;

do $$
declare
    everything constant text := 'select, insert, update, delete';
begin
    -- An affiliate cannot create itself, change its slug or end its own pause.
    call platform.guard_table(
        'affiliate.affiliate', 'id', 'select, update (full_name, email, time_zone, currency)');
    call platform.guard_table('affiliate.affiliate_detail', 'affiliate_id', everything);
    call platform.guard_table('affiliate.affiliate_social_media', 'affiliate_id', everything);
    call platform.guard_table('affiliate.affiliate_bank_account', 'affiliate_id', everything);
    call platform.guard_table('affiliate.affiliate_address', 'affiliate_id', everything);
    call platform.guard_table('affiliate.app_user', 'affiliate_id', everything);
    call platform.guard_table('affiliate.affiliate_customer', 'affiliate_id', everything);
    call platform.guard_table('affiliate.affiliate_customer_tag', 'affiliate_id', everything);
    call platform.guard_table('affiliate.customer_invite', 'affiliate_id', everything);
    call platform.guard_table('sales.product', 'affiliate_id', everything);
    call platform.guard_table('sales.order_header', 'affiliate_id', everything);
    call platform.guard_table('sales.order_item', 'affiliate_id', everything);
end $$;

-- The platform never needs where an affiliate's money goes: a right on the table would cover every
-- column, so it is replaced by one per column. Incremental reads go by the system column xmin,
-- parallel ones by ctid.
revoke select on affiliate.affiliate_bank_account from platform_reader;
grant select (xmin, ctid, id, affiliate_id, bank_name, account_holder, created_at, updated_at)
on affiliate.affiliate_bank_account to platform_reader;
