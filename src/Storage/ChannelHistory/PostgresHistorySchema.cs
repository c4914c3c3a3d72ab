namespace ImOrleans.Storage.ChannelHistory;

/// <summary>The table of kept messages in PostgreSQL; deploy/k8s/base/sql has the same steps for operators.</summary>
internal static class PostgresHistorySchema
{
    public const string Part = "channel_history";

    /// <summary>
    /// Names compare byte by byte. A label is bytes since it may hold a character that PostgreSQL's text cannot.
    /// </summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE imorleans_channel_message (
            channel_type smallint NOT NULL,
            channel text COLLATE "C" NOT NULL,
            sent_at bigint NOT NULL,
            epoch bigint NOT NULL,
            position bigint NOT NULL,
            publisher text COLLATE "C" NOT NULL,
            message_type smallint NOT NULL,
            custom_type bytea,
            payload bytea NOT NULL,
            PRIMARY KEY (channel_type, channel, sent_at)
        );
        CREATE INDEX imorleans_channel_message_by_age ON imorleans_channel_message (sent_at);
        """,
    ];
}
