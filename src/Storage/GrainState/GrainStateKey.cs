using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.GrainState;

/// <summary>Names one state of one grain.</summary>
internal readonly record struct GrainStateKey(GrainId Grain, string State)
{
    /// <summary>Adds the three parts as parameters.</summary>
    public void AddTo(SqliteCommand command)
    {
        command.Parameters.AddWithValue("$type", Grain.Type.ToString());
        command.Parameters.AddWithValue("$key", Grain.Key.ToString());
        command.Parameters.AddWithValue("$state", State);
    }
}
