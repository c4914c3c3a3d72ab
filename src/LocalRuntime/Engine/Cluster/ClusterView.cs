namespace ImOrleans.LocalRuntime;

/// <summary>
/// What a silo takes for true about the cluster. All silos share one view, but for those that the others take for dead.
/// </summary>
internal sealed class ClusterView(GrainDirectory directory, LocalSilo[] alive)
{
    private readonly Lock _lock = new();
    private LocalSilo[] _alive = alive;

    public GrainDirectory Directory { get; } = directory;

    /// <summary>The silos that take new activations, oldest first.</summary>
    public LocalSilo[] Alive => Volatile.Read(ref _alive);

    public void Add(LocalSilo silo)
    {
        lock (_lock)
        {
            Volatile.Write(ref _alive, [.. _alive, silo]);
        }
    }

    public void Remove(LocalSilo silo)
    {
        lock (_lock)
        {
            Volatile.Write(ref _alive, Array.FindAll(_alive, other => other != silo));
        }
    }
}
