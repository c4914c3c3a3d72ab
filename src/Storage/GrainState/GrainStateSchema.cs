namespace ImOrleans.Storage.GrainState;

/// <summary>The tables of grain states in SQLite.</summary>
internal static class GrainStateSchema
{
    public const string Part = "grain_state";

    /// <summary>
    /// The version counter outlives the rows, so that a version is never given twice: a row that was cleared
    /// and written anew cannot be taken for the old one.
    /// </summary>
    public static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE grain_state (
            grain_type TEXT NOT NULL,
            grain_key TEXT NOT NULL,
            state_name TEXT NOT NULL,
            etag INTEGER NOT NULL,
            payload BLOB NOT NULL,
            PRIMARY KEY (grain_type, grain_key, state_name)
        );
        CREATE TABLE grain_state_version (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL);
        INSERT INTO grain_state_version (id, last) VALUES (1, 0);
        """,
    ];
}
