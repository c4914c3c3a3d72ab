namespace ImOrleans.Storage.ChannelHistory;

/// <summary>The table of kept messages in SQLite.</summary>
internal static class SqliteHistorySchema
{
    public const string Part = "channel_history";

    /// <summary>
    /// Rows lie in the order of their commits, so that payloads are appended to the file and never moved; the indices
    /// are small. A label is a BLOB since it may hold any character.
    /// </summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE channel_message (
            id INTEGER PRIMARY KEY,
            channel_type INTEGER NOT NULL,
            channel TEXT NOT NULL,
            sent_at INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            position INTEGER NOT NULL,
            publisher TEXT NOT NULL,
            message_type INTEGER NOT NULL,
            custom_type BLOB,
            payload BLOB NOT NULL
        );
        CREATE UNIQUE INDEX channel_message_by_time ON channel_message (channel_type, channel, sent_at);
        CREATE INDEX channel_message_by_age ON channel_message (sent_at);
        """,
    ];
}
