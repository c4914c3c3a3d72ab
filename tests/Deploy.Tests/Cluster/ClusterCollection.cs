namespace ImOrleans.Deploy.Tests.Cluster;

/// <summary>The tests that share one PostgreSQL; each has a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
