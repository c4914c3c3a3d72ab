using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>What is to change in a group or a discussion.</summary>
/// <param name="Actor">Which member of a discussion wants it; null: the app itself, which may do everything.</param>
[GenerateSerializer, Immutable, Alias("im.ChangeGroupRequest")]
public sealed record ChangeGroupRequest([property: Id(0)] UserId? Actor)
{
    /// <summary>Who comes. Both lists together at most
    /// <see cref="Domain.Conversations.ConversationLimits.MembersChangeMax"/>, and nobody in both.</summary>
    [Id(1)]
    public ImmutableArray<UserId> Joining { get; init; } = [];

    /// <summary>Who goes.</summary>
    [Id(2)]
    public ImmutableArray<UserId> Leaving { get; init; } = [];

    /// <summary>The new name; null: it stays as it is.</summary>
    [Id(3)]
    public string? Name { get; init; }

    /// <summary>Whether every member may invite; null: it stays as it is.</summary>
    [Id(4)]
    public bool? IsOpen { get; init; }
}
