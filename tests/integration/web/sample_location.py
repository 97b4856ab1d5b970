"""A small code location in which every kind of mutation finds something to change."""

import dagster as dg

days = dg.DynamicPartitionsDefinition(name="days")


@dg.asset(partitions_def=days)
def sales() -> None: ...


@dg.asset
def customers() -> None: ...


everything = dg.define_asset_job("everything", [customers])


@dg.schedule(job=everything, cron_schedule="0 5 * * *")
def daily() -> dg.RunRequest:
    return dg.RunRequest()


@dg.sensor(job=everything)
def arrivals() -> dg.SkipReason:
    return dg.SkipReason("nothing arrived")


defs = dg.Definitions(
    assets=[sales, customers], jobs=[everything], schedules=[daily], sensors=[arrivals]
)
