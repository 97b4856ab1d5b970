"""Assets of the dbt project: staging, identity and marts, their tests as checks."""
