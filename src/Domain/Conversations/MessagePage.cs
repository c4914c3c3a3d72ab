using System.Collections.Immutable;

namespace ImOrleans.Domain.Conversations;

/// <summary>Messages of a stretch, in the order that was asked for.</summary>
/// <param name="Messages">
/// As many as were asked for, or fewer when there are no more or they would be more than
/// <see cref="ConversationLimits.PageBytesMax"/>; always one when there is one.
/// </param>
/// <param name="HasMore">Whether the stretch goes on behind the last of them.</param>
[GenerateSerializer, Immutable, Alias("im.MessagePage")]
public sealed record MessagePage(
    [property: Id(0)] ImmutableArray<StoredMessage> Messages,
    [property: Id(1)] bool HasMore);
