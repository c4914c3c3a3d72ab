using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>What is known of a group or a discussion, and a page of its members.</summary>
/// <param name="Actor">Which member asks; null: the app itself.</param>
/// <param name="After">The last one of the page before; null for the first page.</param>
/// <param name="CountMax">At most so many, 1 to <see cref="Domain.Conversations.ConversationLimits.PageMessagesMax"/>.</param>
[GenerateSerializer, Immutable, Alias("im.DescribeGroupRequest")]
public sealed record DescribeGroupRequest(
    [property: Id(0)] UserId? Actor,
    [property: Id(1)] UserId? After,
    [property: Id(2)] int CountMax);
