using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>Events as this door writes them: frames one behind the other, and what follows once they are written.</summary>
/// <param name="Frames">The frames; none for events that this protocol does not know.</param>
/// <param name="Received">What their client has received then, each conversation as far as its last frame.</param>
/// <param name="HasMore">Whether there is something to pull.</param>
internal sealed record ImEvents(
    IReadOnlyList<ImEvents.Frame> Frames, IReadOnlyList<ImReceived> Received, bool HasMore)
{
    /// <summary>Nothing.</summary>
    public static ImEvents None { get; } = new([], [], false);

    /// <summary>Frames of which nothing is to be acknowledged.</summary>
    public static ImEvents Of(params IReadOnlyList<Frame> frames) => new(frames, [], false);

    /// <summary>Several, in their order.</summary>
    public static ImEvents Join(IEnumerable<ImEvents> events)
    {
        var all = events.ToArray();
        return new(
            [.. all.SelectMany(one => one.Frames)], [.. all.SelectMany(one => one.Received)], all.Any(one => one.HasMore));
    }

    /// <summary>One frame.</summary>
    /// <param name="Text">Its text, as UTF-8.</param>
    /// <param name="NotFor">The one user who is not told, since it is about it; none: all are.</param>
    internal readonly record struct Frame(ReadOnlyMemory<byte> Text, UserId NotFor = default);
}

/// <summary>Messages of a conversation that a client has received.</summary>
/// <param name="Conversation">Of which.</param>
/// <param name="AckToken">What acknowledges them and all before.</param>
internal readonly record struct ImReceived(Domain.Conversations.ConversationKey Conversation, string AckToken);
