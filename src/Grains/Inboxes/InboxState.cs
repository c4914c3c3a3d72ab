using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ImOrleans.Grains.Storing;

namespace ImOrleans.Grains.Inboxes;

/// <summary>What a user has set for its side of messaging. It is replaced as a whole, never changed.</summary>
public sealed record InboxState : ISignedState<InboxState>
{
    /// <summary>
    /// The names of the last writes that led to it, the newest last, so that one whose answer was lost can be found again.
    /// </summary>
    public ImmutableArray<string> Writes { get; init; } = [];

    /// <summary>The ids of the users whose private messages it does not want, in the order in which they were added.</summary>
    public ImmutableArray<string> Blacklist { get; init; } = [];

    /// <summary>For how many days messages wait for its devices; null: as the server says.</summary>
    public int? OfflineDays { get; init; }

    InboxState ISignedState<InboxState>.SignedBy(ImmutableArray<string> writes) => this with { Writes = writes };
}

/// <summary>The stored form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InboxState))]
public sealed partial class InboxJson : JsonSerializerContext;
