namespace ImOrleans.Client;

/// <summary>
/// What the server has delivered of one conversation: messages in order, and what it has left out in front of them.
/// </summary>
internal sealed record Delivery(
    ConversationType Type, string TargetId, IReadOnlyList<ConversationMessage> Messages, MessageGap? Skipped = null)
{
    public (ConversationType Type, string TargetId) Key => (Type, TargetId);

    public static Delivery Of(PushedMessages batch) => new(batch.Messages[0].Type, batch.Messages[0].TargetId, batch.Messages);

    public static IReadOnlyList<Delivery> Of(PulledMessages page)
    {
        var skipped = page.Skipped.ToDictionary(gap => (gap.Type, gap.TargetId), gap => gap.Gap);
        List<Delivery> all = [];
        foreach (var group in page.Messages.GroupBy(message => (message.Type, message.TargetId)))
            all.Add(new(
                group.Key.Type, group.Key.TargetId, [.. group], skipped.Remove(group.Key, out var gap) ? gap : null));
        foreach (var ((type, targetId), gap) in skipped)
            all.Add(new(type, targetId, [], gap));
        return all;
    }
}
