-- sqlfluff:dialect:postgres
select
    pg_snapshot_xmin(s)::text::bigint as low_watermark,
    pg_snapshot_xmax(s)::text::bigint as next_id,
    -- the ID that age() is relative to, in 64 bits
    pg_snapshot_xmax(s)::text::bigint + age(pg_snapshot_xmax(s)::xid) as counter,
    (select system_identifier from pg_control_system()) as system_id,
    (select timeline_id from pg_control_checkpoint()) as timeline,
    pg_postmaster_start_time()::text as started
from pg_current_snapshot() as s
