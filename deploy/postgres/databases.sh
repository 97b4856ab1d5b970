#!/bin/bash
# Three databases with a role each, and the role that reads the OLTP; run once, on an empty server.
set -euo pipefail

# psql reads a password by itself: on a command line every process of the host could see it
role() { # name, what it may do
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

# the migrations make roles, and the sample world writes rows of every affiliate
role oltp_owner "createrole bypassrls"
role platform_reader ""
role warehouse ""
role dagster ""
database affiliate_oltp oltp_owner
database affiliate_warehouse warehouse
database dagster dagster
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --command "grant connect on database affiliate_oltp to platform_reader"
