using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>A message as its sender wrote it.</summary>
/// <param name="UId">Its name.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="ObjectName">
/// Its type, <c>RC:TxtMsg</c> for instance; types that the server does not know are carried untouched.
/// </param>
/// <param name="Content">A JSON object, as given.</param>
/// <param name="Flags">See <see cref="MessageFlags"/>.</param>
/// <param name="ClientMessageId">The sender's name for it, by which a repetition is known; null when it gave none.</param>
/// <param name="Receivers">Who gets a directed message, its sender besides; empty for all others.</param>
/// <param name="Extras">
/// What only some messages have, mentions and texts for push notifications, as JSON; empty for none. The store does not
/// look into it.
/// </param>
[GenerateSerializer, Immutable, Alias("im.ChatMessage")]
public sealed record ChatMessage(
    [property: Id(0)] MessageUId UId,
    [property: Id(1)] UserId Sender,
    [property: Id(2)] string ObjectName,
    [property: Id(3)] ReadOnlyMemory<byte> Content,
    [property: Id(4)] MessageFlags Flags,
    [property: Id(5)] string? ClientMessageId,
    [property: Id(6)] ImmutableArray<UserId> Receivers,
    [property: Id(7)] ReadOnlyMemory<byte> Extras)
{
    /// <summary>How much it takes, in bytes, roughly: what a bound on a page or a queue goes by.</summary>
    public int Bytes => 160 + Content.Length + Extras.Length + ((Receivers.IsDefault ? 0 : Receivers.Length) * 72);

    /// <summary>Whether <paramref name="user"/> gets it.</summary>
    public bool IsFor(UserId user) =>
        !Flags.HasFlag(MessageFlags.Directed) || Sender == user || Receivers.Contains(user);
}
