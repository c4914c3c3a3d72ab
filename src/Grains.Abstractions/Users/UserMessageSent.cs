namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>A user-to-user message was taken by a gateway, or kept, or both.</summary>
/// <param name="SentAtUnixMs">The time that the receiver sees, in milliseconds of Unix time.</param>
[GenerateSerializer, Immutable, Alias("im.UserMessageSent")]
public sealed record UserMessageSent([property: Id(0)] long SentAtUnixMs)
{
    /// <summary>Whether a gateway has taken it; one that is not kept is not accepted otherwise.</summary>
    [Id(1)]
    public bool IsDelivered { get; init; } = true;
}
