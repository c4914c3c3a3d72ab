namespace ImOrleans.Silo;

/// <summary>Where a server of one process keeps messages, when not in files.</summary>
public static class MessageDatabase
{
    /// <summary>
    /// The setting: how to reach a PostgreSQL database, as Npgsql reads it. Messages of conversations and histories of channels
    /// are kept there, and the tables made when they are not there. States of grains stay in the data folder.
    /// </summary>
    /// <remarks>
    /// <b>Default:</b> none: everything is in files of the data folder. In a cluster it is not read: there everything is in
    /// the cluster's database.
    /// </remarks>
    public const string Setting = "Storage:ConnectionString";

    /// <summary>Reads the setting; null when there is none.</summary>
    public static string? Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration[Setting] is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
    }
}
