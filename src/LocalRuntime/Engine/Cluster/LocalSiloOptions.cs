namespace ImOrleans.LocalRuntime;

/// <summary>What a silo is made of beside its services.</summary>
internal sealed class LocalSiloOptions
{
    public string? Name { get; set; }

    public List<Type> GrainClasses { get; } = [];

    /// <summary>See <see cref="LocalSiloBuilderExtensions.BeginCallsOnCallersThread"/>.</summary>
    public bool BeginsOnCallersThread { get; set; }
}
