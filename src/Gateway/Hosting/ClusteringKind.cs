namespace ImOrleans.Gateway.Hosting;

/// <summary>How the processes of a cluster find each other.</summary>
public enum ClusteringKind
{
    /// <summary>Through the first silo of this machine. The cluster ends with it, and nothing of it is stored.</summary>
    Localhost,

    /// <summary>Through tables in PostgreSQL, which also keeps the states of grains.</summary>
    PostgreSql,
}
