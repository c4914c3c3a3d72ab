using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Tests.Doubles;

/// <summary>What conversations pass on to gateways, in tests: message n is stored at n milliseconds.</summary>
internal static class Pushes
{
    public static readonly ConversationKey AnnAndBob = ConversationKey.Private(new("ann"), new("bob"));
    public static readonly ConversationKey Team = ConversationKey.Group(new("team"));

    /// <summary>One message, behind the one before.</summary>
    public static ConversationPush Push(
        long seq, ConversationKey? key = null, SessionId? writer = null, string sender = "bob", int count = 1, int bytes = 0,
        long? previousAt = null) => new(
        seq, key ?? AnnAndBob, seq - count, previousAt ?? seq - count, seq,
        [.. Enumerable.Range(0, count).Select(i => Pushed(seq - count + 1 + i, key ?? AnnAndBob, writer, sender, bytes))]);

    /// <summary>That there is something to pull.</summary>
    public static ConversationPush Empty(long seq, ConversationKey? key = null) =>
        new(seq, key ?? AnnAndBob, seq - 1, seq - 1, seq, []);

    public static PushedMessage Pushed(
        long seq, ConversationKey key, SessionId? writer = null, string sender = "bob", int bytes = 0, params UserId[] receivers) =>
        new(
            new(seq, seq, new(
                MessageUId.Create(key, seq, seq), new(sender), "RC:TxtMsg", Encoding.UTF8.GetBytes($$"""{"n":{{seq}}}{{new(' ', bytes)}}"""),
                receivers.Length > 0 ? MessageFlags.Counted | MessageFlags.Directed : MessageFlags.Counted, null, [.. receivers],
                default)),
            writer);

    /// <summary>A mark as of a time, with the places of the newest conversations.</summary>
    public static InboxMark Mark(long asOf = 0, long total = 0, long groups = 0, params DevicePosition[] newest) =>
        new(asOf, [.. newest], total, groups);

    /// <summary>A pull that was finished.</summary>
    public static PulledMessages Pulled(InboxMark mark, params DevicePosition[] positions) =>
        new([], [.. positions], true) { Mark = mark };

    /// <summary>What a client was told of conversations, in short.</summary>
    public static IReadOnlyList<string> Told(FakeConnection connection) => [.. connection.Events.Select(Describe).OfType<string>()];

    private static string? Describe(SessionEvent told) => told switch
    {
        ConversationMessagesEvent messages => string.Join(",", messages.Messages.Select(message => message.Seq)),
        ConversationNoticeEvent notice => $"pull {notice.TargetId}",
        _ => null,
    };
}
