-- Two at once wait for each other, and the later one finds what the first has made.
SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(7305134561) \g /dev/null
SELECT to_regclass('orleansquery') IS NULL AS is_new \gset
\if :is_new
\ir PostgreSQL-Main.sql
\ir PostgreSQL-Clustering.sql
\ir PostgreSQL-Persistence.sql
\echo 'The tables of Orleans were made.'
\else
\echo 'The tables of Orleans are there already.'
\endif

\ir ImOrleans.sql
