namespace ImOrleans.Storage.MessageLog;

/// <summary>The tables of the message log in PostgreSQL; deploy/k8s/base/sql has the same steps for operators.</summary>
internal static class PostgresLogSchema
{
    public const string Part = "message_log";

    /// <summary>
    /// Names compare byte by byte. What may hold a character that PostgreSQL's text cannot is bytes. The head of a
    /// conversation is written with every batch: its page has room for the next version beside it.
    /// </summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE imorleans_log_conversation (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text COLLATE "C" NOT NULL UNIQUE,
            epoch bigint NOT NULL DEFAULT 0,
            seq bigint NOT NULL DEFAULT 0,
            counted_total bigint NOT NULL DEFAULT 0,
            last_at bigint NOT NULL DEFAULT 0,
            last_visible_seq bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 70);
        CREATE TABLE imorleans_log_message (
            conversation_id bigint NOT NULL,
            seq bigint NOT NULL,
            sent_at bigint NOT NULL,
            counted_total bigint NOT NULL,
            flags smallint NOT NULL,
            uid text COLLATE "C" NOT NULL,
            sender text COLLATE "C" NOT NULL,
            object_name bytea NOT NULL,
            client_message_id bytea,
            name_hash bigint,
            receivers text COLLATE "C",
            content bytea NOT NULL,
            extras bytea,
            PRIMARY KEY (conversation_id, seq)
        );
        CREATE INDEX imorleans_log_message_by_age ON imorleans_log_message (sent_at);
        CREATE INDEX imorleans_log_message_by_name ON imorleans_log_message (conversation_id, name_hash)
            WHERE name_hash IS NOT NULL;
        CREATE TABLE imorleans_log_entry (
            user_id text COLLATE "C" NOT NULL,
            key text COLLATE "C" NOT NULL,
            joined_seq bigint NOT NULL,
            left_seq bigint,
            read_seq bigint NOT NULL,
            PRIMARY KEY (user_id, key)
        ) WITH (fillfactor = 90);
        CREATE INDEX imorleans_log_entry_by_member ON imorleans_log_entry (key, user_id) WHERE left_seq IS NULL;
        CREATE TABLE imorleans_log_profile (
            key text COLLATE "C" PRIMARY KEY,
            name bytea NOT NULL,
            creator text COLLATE "C",
            is_open boolean NOT NULL,
            is_dismissed boolean NOT NULL
        );
        CREATE TABLE imorleans_log_device (
            user_id text COLLATE "C" NOT NULL,
            device text COLLATE "C" NOT NULL,
            since_at bigint NOT NULL,
            seen_at bigint NOT NULL,
            PRIMARY KEY (user_id, device)
        );
        CREATE INDEX imorleans_log_device_by_age ON imorleans_log_device (seen_at);
        CREATE TABLE imorleans_log_position (
            user_id text COLLATE "C" NOT NULL,
            device text COLLATE "C" NOT NULL,
            key text COLLATE "C" NOT NULL,
            delivered_seq bigint NOT NULL,
            PRIMARY KEY (user_id, device, key)
        ) WITH (fillfactor = 90);
        CREATE TABLE imorleans_log_clock (last_at bigint NOT NULL);
        INSERT INTO imorleans_log_clock VALUES (0);
        """,
        """
        ALTER TABLE imorleans_log_entry ADD COLUMN absences text COLLATE "C";
        """,
    ];
}
