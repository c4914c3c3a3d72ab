using System.Text.Json;

namespace ImOrleans.Client;

/// <summary>A message of a conversation.</summary>
/// <param name="Type">The kind of the conversation.</param>
/// <param name="TargetId">The other user, or the group.</param>
/// <param name="SenderUserId">Who sent it.</param>
/// <param name="UId">Its name everywhere: the same message may come again, and has the same.</param>
/// <param name="Seq">Its number in its conversation: 1, 2, 3 and so on.</param>
/// <param name="SentAt">When it was stored, by the server's clock.</param>
/// <param name="ObjectName">Its type, <c>RC:TxtMsg</c> for instance.</param>
/// <param name="Content">A JSON object, as it was sent.</param>
public sealed record ConversationMessage(
    ConversationType Type, string TargetId, string SenderUserId, string UId, long Seq, DateTimeOffset SentAt,
    string ObjectName, JsonElement Content)
{
    /// <summary>The sender's own name for it. Null: it has none.</summary>
    public string? ClientMessageId { get; init; }

    /// <summary>Whether this user sent it, on whichever device.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether unread counts rise by it.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Whether it was stored before this session began.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Whom it mentions. Null: nobody.</summary>
    public Mention? Mentioned { get; init; }
}
