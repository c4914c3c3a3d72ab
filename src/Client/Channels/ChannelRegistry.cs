using ImOrleans.Client.Connections;
using ImOrleans.Client.Wire;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Client;

/// <summary>The stream channels of a client, in the order in which they were joined.</summary>
internal sealed partial class ChannelRegistry(RtmClientOptions options, CallQueue calls, ILogger logger)
{
    private readonly Lock _lock = new();
    // At most 100 (PROTOCOL.md, JoinChannel), but looked up with every message.
    private readonly Dictionary<string, StreamChannel> _byName = [];
    private readonly List<StreamChannel> _inOrder = [];

    public RtmClientOptions Options => options;

    /// <summary>Is told the name of each channel that the app is not in any more.</summary>
    public Action<string>? Left { get; set; }

    /// <summary>A call that must be done.</summary>
    /// <exception cref="RtmException">It was refused, or could not be carried out.</exception>
    public async Task<WireReply> CallAsync(
        string method, object? request, CancellationToken cancellationToken, SettleCall? settle = null)
    {
        var reply = await calls.CallAsync(method, request, cancellationToken, settle).ConfigureAwait(false);
        return reply.IsDone ? reply : throw reply.ToException();
    }

    public async Task<StreamChannel> JoinAsync(
        string name, StreamChannelOptions channelOptions, CancellationToken cancellationToken)
    {
        var channel = new StreamChannel(name, channelOptions, this);
        lock (_lock)
        {
            if (!_byName.TryAdd(name, channel))
                throw RtmException.Of(RtmErrorCodes.ChannelJoinFailed, $"The channel {name} is joined already.");
            _inOrder.Add(channel);
        }

        object request;
        try
        {
            request = await channel.JoinRequestAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Remove(channel);
            throw;
        }

        await CallAsync("JoinChannel", request, cancellationToken, (_, reply, abandoned) =>
        {
            if (reply is not { IsDone: true })
            {
                Remove(channel);
                return;
            }

            channel.OnJoined(reply);
            if (abandoned)
                Undo(channel.LeaveAsync(CancellationToken.None));
        }).ConfigureAwait(false);
        return channel;
    }

    public StreamChannel? Find(string name)
    {
        lock (_lock)
            return _byName.GetValueOrDefault(name);
    }

    public void Remove(StreamChannel channel)
    {
        lock (_lock)
        {
            if (_byName.GetValueOrDefault(channel.Name) != channel)
                return;
            _byName.Remove(channel.Name);
            _inOrder.Remove(channel);
        }

        Left?.Invoke(channel.Name);
    }

    public async Task RestoreAsync(ChannelRestorer restorer)
    {
        foreach (var channel in All().Where(channel => channel.IsJoined))
            await channel.RestoreAsync(restorer).ConfigureAwait(false);
    }

    public void End(RtmException? why)
    {
        foreach (var channel in All())
            channel.End(why);
    }

    /// <summary>Takes back what was done for a caller who did not wait for it.</summary>
    public void Undo(Task undoing) => _ = UndoAsync(undoing);

    private async Task UndoAsync(Task undoing)
    {
        try
        {
            await undoing.ConfigureAwait(false);
        }
        catch (RtmException failure)
        {
            LogUndoFailed(failure);
        }
    }

    private List<StreamChannel> All()
    {
        lock (_lock)
            return [.. _inOrder];
    }

    [LoggerMessage(LogEventIds.UndoFailed, LogLevel.Warning, "What a cancelled call had done could not be undone.")]
    private partial void LogUndoFailed(Exception failure);
}
