using System.Collections.Immutable;
using System.Text;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>What every <see cref="IMessageLog"/> asks of its callers, before it does anything.</summary>
public static class LogArguments
{
    /// <exception cref="ArgumentOutOfRangeException">Too many or too few messages, or too long ones.</exception>
    /// <exception cref="ArgumentException">Two of the messages have one name of their sender's.</exception>
    public static void Check(ConversationAppend append)
    {
        ArgumentNullException.ThrowIfNull(append);
        CheckKey(append.Key, nameof(append));
        var count = append.Messages.IsDefault ? 0 : append.Messages.Length;
        CheckRange(count, 1, ConversationLimits.PageMessagesMax, nameof(append));
        CheckRange(append.Epoch, 1, long.MaxValue, nameof(append));
        CheckRange(append.FirstSeq, 1, MessageUId.SeqMax - count + 1, nameof(append));
        CheckRange(CountOf(append.Entering), 0, ConversationLimits.MembersChangeMax, nameof(append));
        HashSet<(UserId, string)>? names = null;
        var bytes = 0L;
        foreach (var message in append.Messages)
        {
            bytes += message.Bytes;
            CheckRange(bytes, 0, ConversationLimits.AppendBytesMax, nameof(append));
            CheckRange(message.Content.Length, 0, ConversationLimits.ContentBytesMax, nameof(append));
            CheckRange(
                Encoding.UTF8.GetByteCount(message.ObjectName), 1, ConversationLimits.ObjectNameBytesMax, nameof(append));
            if (message.ClientMessageId is not { } name)
                continue;
            CheckName(name, nameof(append));
            if (count > 1 && !(names ??= []).Add((message.Sender, name)))
                throw Repeated(message);
        }
    }

    public static void Check(MessageRange range)
    {
        CheckRange(range.Count, 1, ConversationLimits.PageMessagesMax, nameof(range));
        CheckRange(range.AfterSeq, 0, long.MaxValue, nameof(range));
        CheckRange(range.BeforeSeq, 0, long.MaxValue, nameof(range));
    }

    /// <exception cref="ArgumentOutOfRangeException">Too many users.</exception>
    /// <exception cref="ArgumentException">A user comes and goes at once.</exception>
    public static void Check(MembersChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        CheckKey(change.Key, nameof(change));
        CheckRange(change.Epoch, 1, long.MaxValue, nameof(change));
        CheckRange(
            CountOf(change.Joining) + CountOf(change.Leaving), 0, ConversationLimits.MembersChangeMax, nameof(change));
        if (CountOf(change.Joining) > 0 && CountOf(change.Leaving) > 0 && change.Joining.Intersect(change.Leaving).Any())
            throw new ArgumentException("A user cannot come and go at once.", nameof(change));
    }

    /// <summary>A page of whatever: 1 to <see cref="ConversationLimits.PageMessagesMax"/>.</summary>
    public static void CheckPage(int countMax) =>
        CheckRange(countMax, 1, ConversationLimits.PageMessagesMax, nameof(countMax));

    /// <summary>Things that are named one by one: none to <see cref="ConversationLimits.PageMessagesMax"/>.</summary>
    public static void CheckList<T>(IReadOnlyCollection<T> list, string name)
    {
        ArgumentNullException.ThrowIfNull(list, name);
        CheckRange(list.Count, 0, ConversationLimits.PageMessagesMax, name);
    }

    /// <summary>As any list; no device has received less than nothing.</summary>
    public static void Check(IReadOnlyList<DevicePosition> positions)
    {
        CheckList(positions, nameof(positions));
        foreach (var position in positions)
            CheckRange(position.DeliveredSeq, 0, long.MaxValue, nameof(positions));
    }

    public static void CheckKey(ConversationKey key, string name)
    {
        if (key.Value.Length == 0)
            throw new ArgumentException("A conversation needs a key.", name);
    }

    public static void CheckName(string clientMessageId, string name)
    {
        ArgumentNullException.ThrowIfNull(clientMessageId, name);
        CheckRange(Encoding.UTF8.GetByteCount(clientMessageId), 1, ConversationLimits.ClientMessageIdBytesMax, name);
    }

    public static void CheckRange(long value, long min, long max, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, min, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max, name);
    }

    /// <summary>What is thrown at whoever stores a message under a name that its sender has used.</summary>
    public static ArgumentException Repeated(ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new($"{message.Sender} has another message '{message.ClientMessageId}' in this conversation.", nameof(message));
    }

    private static int CountOf(ImmutableArray<UserId> users) => users.IsDefault ? 0 : users.Length;
}
