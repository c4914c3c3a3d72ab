#!/bin/sh
# Makes the tables that a cluster needs, once and whole: what a database has is left as it is.
# Takes one connection string for psql, or none: then PGHOST, PGDATABASE, PGUSER and PGPASSWORD tell.
set -eu
exec psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --single-transaction --file "$(dirname "$0")/apply.sql" "$@"
