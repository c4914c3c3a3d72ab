using System.Collections.Immutable;

namespace ImOrleans.Domain.Presence;

/// <summary>What leads from one state to another.</summary>
/// <param name="Set">The pairs that are new or have another value.</param>
/// <param name="Removed">The keys that are gone.</param>
[GenerateSerializer, Immutable, Alias("im.StateChange")]
public sealed record StateChange(
    [property: Id(0)] ImmutableArray<StateItem> Set,
    [property: Id(1)] ImmutableArray<string> Removed)
{
    /// <summary>No change at all.</summary>
    public static StateChange None { get; } = new([], []);

    /// <summary>True when both states are the same.</summary>
    public bool IsEmpty => Set.IsEmpty && Removed.IsEmpty;

    /// <summary>The change from one state to another; both are sorted by key.</summary>
    public static StateChange Between(ImmutableArray<StateItem> before, ImmutableArray<StateItem> after)
    {
        if (before == after || (before.IsEmpty && after.IsEmpty))
            return None;
        var keys = after.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        return new(
            [.. after.Where(item => !before.Contains(item))],
            [.. before.Select(item => item.Key).Where(key => !keys.Contains(key))]);
    }

    /// <summary>Both changes, this one first, as one.</summary>
    public StateChange Then(StateChange later)
    {
        ArgumentNullException.ThrowIfNull(later);
        var settled = later.Set.Select(item => item.Key).Concat(later.Removed).ToHashSet(StringComparer.Ordinal);
        return new(
            StateForm.Sorted([.. Set.Where(item => !settled.Contains(item.Key)), .. later.Set]),
            [.. Removed.Where(key => !settled.Contains(key)), .. later.Removed]);
    }
}
