CREATE TABLE IF NOT EXISTS imorleans_migration (
    part text NOT NULL, number integer NOT NULL, PRIMARY KEY (part, number));

SELECT NOT EXISTS (SELECT FROM imorleans_migration WHERE part = 'channel_history' AND number = 1) AS is_new \gset
\if :is_new
\ir ImOrleans-History-1.sql
INSERT INTO imorleans_migration (part, number) VALUES ('channel_history', 1);
\echo 'The tables of kept messages were made.'
\endif

SELECT NOT EXISTS (SELECT FROM imorleans_migration WHERE part = 'message_log' AND number = 1) AS is_new \gset
\if :is_new
\ir ImOrleans-Messages-1.sql
INSERT INTO imorleans_migration (part, number) VALUES ('message_log', 1);
\echo 'The tables of the message log were made.'
\endif

SELECT NOT EXISTS (SELECT FROM imorleans_migration WHERE part = 'message_log' AND number = 2) AS is_new \gset
\if :is_new
\ir ImOrleans-Messages-2.sql
INSERT INTO imorleans_migration (part, number) VALUES ('message_log', 2);
\echo 'The message log knows of absences.'
\endif
