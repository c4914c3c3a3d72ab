namespace ImOrleans.Storage.MessageLog;

/// <summary>The tables of the message log in SQLite.</summary>
internal static class SqliteLogSchema
{
    public const string Part = "message_log";

    /// <summary>Every so many messages of a conversation there is a mark.</summary>
    public const int MarkDistance = 64;

    /// <summary>
    /// Messages lie in the order of their commits: all are appended at one place, whatever their conversations. Each
    /// names the one before it in its conversation, the head names the last, and marks lead into the middle: an index
    /// of (conversation, number) would dirty a page for nearly every message. What may hold any character is a BLOB.
    /// See docs/adr/0009-message-log.md.
    /// </summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE log_conversation (key TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE log_head (
            id INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            counted_total INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            last_visible_seq INTEGER NOT NULL,
            last_message_id INTEGER NOT NULL
        );
        CREATE TABLE log_message (
            id INTEGER PRIMARY KEY,
            conversation_id INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            previous_id INTEGER NOT NULL,
            sent_at INTEGER NOT NULL,
            counted_total INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            uid TEXT NOT NULL,
            sender TEXT NOT NULL,
            object_name BLOB NOT NULL,
            client_message_id BLOB,
            name_hash INTEGER,
            receivers TEXT,
            content BLOB NOT NULL,
            extras BLOB
        );
        CREATE INDEX log_message_by_name ON log_message (conversation_id, name_hash) WHERE name_hash IS NOT NULL;
        CREATE TABLE log_mark (
            conversation_id INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            PRIMARY KEY (conversation_id, seq)
        ) WITHOUT ROWID;
        CREATE TABLE log_entry (
            user_id TEXT NOT NULL,
            key TEXT NOT NULL,
            joined_seq INTEGER NOT NULL,
            left_seq INTEGER,
            read_seq INTEGER NOT NULL,
            PRIMARY KEY (user_id, key)
        ) WITHOUT ROWID;
        CREATE INDEX log_entry_by_member ON log_entry (key, user_id) WHERE left_seq IS NULL;
        CREATE TABLE log_profile (
            key TEXT PRIMARY KEY,
            name BLOB NOT NULL,
            creator TEXT,
            is_open INTEGER NOT NULL,
            is_dismissed INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE log_device (
            user_id TEXT NOT NULL,
            device TEXT NOT NULL,
            since_at INTEGER NOT NULL,
            seen_at INTEGER NOT NULL,
            PRIMARY KEY (user_id, device)
        ) WITHOUT ROWID;
        CREATE INDEX log_device_by_age ON log_device (seen_at);
        CREATE TABLE log_position (
            user_id TEXT NOT NULL,
            device TEXT NOT NULL,
            key TEXT NOT NULL,
            delivered_seq INTEGER NOT NULL,
            PRIMARY KEY (user_id, device, key)
        ) WITHOUT ROWID;
        CREATE TABLE log_clock (last_at INTEGER NOT NULL, last_message_id INTEGER NOT NULL);
        INSERT INTO log_clock VALUES (0, 0);
        """,
        "ALTER TABLE log_entry ADD COLUMN absences TEXT;",
    ];
}
