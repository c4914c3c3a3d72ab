using ImOrleans.Client.Connections;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>The message channels of a client, in the order in which they were subscribed to.</summary>
internal sealed class MessageChannelRegistry(
    ChannelRegistry calls, Action<ClientEvent> report, Action<string>? left = null)
{
    private readonly Lock _lock = new();
    // At most 50 (PROTOCOL.md, Subscribe), but looked up with every message.
    private readonly Dictionary<string, MessageChannel> _byName = [];
    private readonly List<MessageChannel> _inOrder = [];

    public RtmClientOptions Options => calls.Options;

    public Task<WireReply> CallAsync(
        string method, object request, CancellationToken cancellationToken, SettleCall? settle = null) =>
        calls.CallAsync(method, request, cancellationToken, settle);

    public async Task<MessageChannel> SubscribeAsync(
        string name, MessageChannelOptions options, CancellationToken cancellationToken)
    {
        var channel = new MessageChannel(name, options, this);
        lock (_lock)
        {
            if (!_byName.TryAdd(name, channel))
                throw RtmException.Of(RtmErrorCodes.DuplicateOperation, $"The channel {name} is subscribed to already.");
            _inOrder.Add(channel);
        }

        await CallAsync("Subscribe", channel.FirstRequest(), cancellationToken, (_, reply, abandoned) =>
        {
            if (reply is not { IsDone: true })
            {
                channel.End(null);
                return;
            }

            channel.OnSubscribed(reply);
            if (abandoned)
                calls.Undo(channel.UnsubscribeAsync(CancellationToken.None));
        }).ConfigureAwait(false);
        return channel;
    }

    public MessageChannel? Find(string name)
    {
        lock (_lock)
            return _byName.GetValueOrDefault(name);
    }

    public void Remove(MessageChannel channel)
    {
        lock (_lock)
        {
            if (_byName.GetValueOrDefault(channel.Name) != channel)
                return;
            _byName.Remove(channel.Name);
            _inOrder.Remove(channel);
        }

        left?.Invoke(channel.Name);
    }

    public void ReportMissed(string channel) => report(new MessagesMissed(channel));

    public async Task RestoreAsync(ChannelRestorer restorer)
    {
        foreach (var channel in All().Where(channel => channel.IsSubscribed))
            await channel.RestoreAsync(restorer).ConfigureAwait(false);
    }

    public void End(RtmException? why)
    {
        foreach (var channel in All())
            channel.End(why);
    }

    private List<MessageChannel> All()
    {
        lock (_lock)
            return [.. _inOrder];
    }
}
