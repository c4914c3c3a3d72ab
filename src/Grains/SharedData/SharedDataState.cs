using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Storing;

namespace ImOrleans.Grains.SharedData;

/// <summary>What is stored for a channel or user: one state, so that a write that a lock guards is compared with it.</summary>
/// <remarks>
/// It is replaced as a whole, never changed. It stays when all items and locks are gone, since the revisions and tokens
/// have to go on rising.
/// </remarks>
public sealed record SharedDataState : ISignedState<SharedDataState>
{
    /// <summary>
    /// The names of the last writes that led to it, the newest last, so that one whose answer was lost can be found again.
    /// </summary>
    public ImmutableArray<string> Writes { get; init; } = [];

    /// <summary>Rises with every change of the metadata.</summary>
    public long MajorRevision { get; init; }

    /// <summary>The metadata, in the order of the items' first writes.</summary>
    public ImmutableArray<MetadataItem> Items { get; init; } = [];

    /// <summary>Rises with every change of a lock.</summary>
    public long LockRevision { get; init; }

    /// <summary>The highest fencing token that was ever granted here.</summary>
    public long LastFencingToken { get; init; }

    /// <summary>The locks, in the order in which they were set.</summary>
    public ImmutableArray<LockDetail> Locks { get; init; } = [];

    SharedDataState ISignedState<SharedDataState>.SignedBy(ImmutableArray<string> writes) => this with { Writes = writes };
}

/// <summary>The stored form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SharedDataState))]
public sealed partial class SharedDataJson : JsonSerializerContext;
