namespace Orleans.Runtime;

/// <summary>The name of a state and of the storage that keeps it.</summary>
public interface IPersistentStateConfiguration
{
    string StateName { get; }

    /// <summary>The name of the storage, or null for the default one.</summary>
    string? StorageName { get; }
}
