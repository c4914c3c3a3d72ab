using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>A message that is to be stored. See <see cref="ChatMessage"/> for what its members mean.</summary>
[GenerateSerializer, Immutable, Alias("im.SendChatMessageRequest")]
public sealed record SendChatMessageRequest(
    [property: Id(0)] UserId Sender,
    [property: Id(1)] string ObjectName,
    [property: Id(2)] ReadOnlyMemory<byte> Content,
    [property: Id(3)] MessageFlags Flags,
    [property: Id(4)] string? ClientMessageId)
{
    /// <summary>Who gets a directed message; empty for all others.</summary>
    [Id(5)]
    public ImmutableArray<UserId> Receivers { get; init; } = [];

    /// <summary>What only some messages have, as JSON; empty for none.</summary>
    [Id(6)]
    public ReadOnlyMemory<byte> Extras { get; init; }

    /// <summary>The session that sends, which is not told of its own message; null for none.</summary>
    [Id(7)]
    public SessionId? Session { get; init; }

    /// <summary>The app's own server sends it: its sender need not be in the group.</summary>
    [Id(8)]
    public bool IsOfApp { get; init; }

    /// <summary>It goes to who is connected now, and is not stored: see <see cref="ConversationStatus"/>.</summary>
    [Id(9)]
    public bool IsStatus { get; init; }
}
