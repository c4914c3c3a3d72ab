using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Protocols.SignalR;

// Presence.
internal sealed partial class RtmHub
{
    public Task<Reply> SetState(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        var items = StateReader.State(read);
        return read.Refusal is { } refusal
            ? refusal
            : Answer(await presence.SetStateAsync(session, type, channel, items), StateBody);
    });

    public Task<Reply> RemoveState(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        var keys = StateReader.Keys(read);
        return read.Refusal is { } refusal
            ? refusal
            : Answer(await presence.RemoveStateAsync(session, type, channel, keys), StateBody);
    });

    public Task<Reply> GetState(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        var user = read.User("userId");
        return read.Refusal is { } refusal
            ? refusal
            : Answer(await presence.GetStateAsync(session, type, channel, user), state => StateBody(state.Items));
    });

    public Task<Reply> WhoNow(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var type = MetadataReader.ChannelTypeOf(read);
        var withUsers = read.Flag("withUserId", true);
        var withStates = read.Flag("withState", false);
        var page = read.Text("page");
        if (read.Refusal is { } refusal)
            return refusal;
        var asked = new WhoNowRequest(withUsers, withStates, string.IsNullOrEmpty(page) ? null : page);
        return Answer(await presence.WhoNowAsync(session, type, channel, asked), who => WhoNowBody.Of(who, withStates));
    });

    public Task<Reply> WhereNow(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var user = read.User("userId");
        return read.Refusal is { } refusal
            ? refusal
            : Answer(await presence.WhereNowAsync(session, user), where => new
            {
                channels = where.StreamChannels.Select(channel => ChannelBody(ChannelType.Stream, channel))
                    .Concat(where.MessageChannels.Select(channel => ChannelBody(ChannelType.Message, channel))),
            });
    });

    private static object ChannelBody(ChannelType type, ChannelName channel) =>
        new { channel = channel.Value, channelType = PresenceWriter.WordOf(type) };

    private static object StateBody(ImmutableArray<StateItem> state) => new { state = PresenceWriter.Describe(state) };
}
