"""One module per contender: takes a job, writes durable Parquet files (a floor writes none)."""
