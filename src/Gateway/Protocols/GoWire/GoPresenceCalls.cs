using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>What clients ask about who is where, and what they say of their own user.</summary>
internal sealed class GoPresenceCalls(PresenceCalls presence)
{
    /// <summary>Sets pairs; none at all is fine.</summary>
    public async Task<GoReply> SetStateAsync(Session session, GoRequest read)
    {
        var (channel, type) = (read.Channel(1), read.ChannelType(2));
        var items = new List<StateItem>();
        foreach (var item in read.Messages(3))
        {
            items.Add(new(
                item.TextOrNull(1, ErrorCode.PresenceInvalidStateKey) ?? "",
                item.TextOrNull(2, ErrorCode.PresenceInvalidStateValue) ?? ""));
            if (item.Refusal is { } malformed)
                read.Refuse(malformed);
        }

        if ((read.Refusal ?? StateForm.Check(items)?.Code) is { } refusal)
            return refusal;
        return GoReply.Of(await presence.SetStateAsync(session, type, channel, [.. items]));
    }

    /// <summary>Removes keys; none named: all.</summary>
    public async Task<GoReply> RemoveStateAsync(Session session, GoRequest read)
    {
        var (channel, type) = (read.Channel(1), read.ChannelType(2));
        var keys = read.Texts(3, ErrorCode.PresenceInvalidStateKey);
        if ((read.Refusal ?? StateForm.CheckKeys(keys)?.Code) is { } refusal)
            return refusal;
        return GoReply.Of(await presence.RemoveStateAsync(session, type, channel, keys));
    }

    public async Task<GoReply> GetStateAsync(Session session, GoRequest read)
    {
        var (channel, type, user) = (read.Channel(1), read.ChannelType(2), read.User(3));
        if (read.Refusal is { } refusal)
            return refusal;
        var outcome = await presence.GetStateAsync(session, type, channel, user);
        return outcome.Refusal ?? GoReply.With(
            Items(Head(channel, type).Text(3, user.Value), 4, outcome.Value!.Items));
    }

    /// <summary>Who is there. The SDK asks for no names unless its app does, and does not look at the count.</summary>
    public async Task<GoReply> WhoNowAsync(Session session, GoRequest read)
    {
        var (channel, type) = (read.Channel(1), read.ChannelType(2));
        var page = read.TextOrNull(5, ErrorCode.PresenceInvalidArgument);
        if (read.Refusal is { } refusal)
            return refusal;
        var asked = new WhoNowRequest(read.Number(3) != 0, read.Number(4) != 0, page);
        var outcome = await presence.WhoNowAsync(session, type, channel, asked);
        return outcome.Refusal ?? GoReply.With(
            Users(Head(channel, type), 3, outcome.Value!.Users)
                .Number(4, outcome.Value.Total)
                .Text(5, outcome.Value.NextPage));
    }

    public async Task<GoReply> WhereNowAsync(Session session, GoRequest read)
    {
        var user = read.User(1);
        if (read.Refusal is { } refusal)
            return refusal;
        var outcome = await presence.WhereNowAsync(session, user);
        if (outcome.Refusal is { } unknown)
            return unknown;
        var message = new GoMessageWriter().Text(1, user.Value);
        foreach (var channel in outcome.Value!.StreamChannels)
            message.OneOf(3, new GoMessageWriter().Text(1, channel.Value).Number(2, (int)ChannelType.Stream));
        foreach (var channel in outcome.Value.MessageChannels)
            message.OneOf(3, new GoMessageWriter().Text(1, channel.Value).Number(2, (int)ChannelType.Message));
        return GoReply.With(message);
    }

    private static GoMessageWriter Items(GoMessageWriter message, int field, IEnumerable<StateItem> items)
    {
        foreach (var (key, value) in items)
            message.OneOf(field, new GoMessageWriter().Text(1, key).Text(2, value));
        return message;
    }

    private static GoMessageWriter Users(GoMessageWriter message, int field, IEnumerable<PresentUser> users)
    {
        foreach (var user in users)
            message.OneOf(field, Items(new GoMessageWriter().Text(1, user.User.Value), 2, user.State));
        return message;
    }

    private static GoMessageWriter Head(ChannelName channel, ChannelType type) =>
        new GoMessageWriter().Text(1, channel.Value).Number(2, (int)type);
}
