#!/bin/bash
# Creates three databases with one role each, and the role that reads the OLTP. Runs once, on an empty server.
set -euo pipefail

# psql reads the password from the file, because other processes could see it on a command line
role() { # name, privileges
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<SQL
\set password \`cat /run/secrets/$1_password\`
create role $1 login $2 password :'password';
SQL
}

database() { # name, owner
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<SQL
create database $1 owner $2;
revoke all on database $1 from public;
SQL
}

# the migrations create roles, and the sample world writes rows of every affiliate
role oltp_owner "createrole bypassrls"
role platform_reader ""
role warehouse ""
role dagster ""
database affiliate_oltp oltp_owner
database affiliate_warehouse warehouse
database dagster dagster
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --command "grant connect on database affiliate_oltp to platform_reader"
