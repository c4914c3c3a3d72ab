using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>The protocol of one connection: notes when its client was heard last.</summary>
internal sealed class HeardHubProtocol(IHubProtocol inner, TimeProvider clock) : IHubProtocol
{
    private long _heardAt = clock.GetTimestamp();
    private bool _pings;

    /// <inheritdoc />
    public string Name => inner.Name;

    /// <inheritdoc />
    public int Version => inner.Version;

    /// <inheritdoc />
    public TransferFormat TransferFormat => inner.TransferFormat;

    /// <summary>How long nothing was heard; zero of a client that sends no pings, whose silence means nothing.</summary>
    public TimeSpan Silence =>
        Volatile.Read(ref _pings) ? clock.GetElapsedTime(Volatile.Read(ref _heardAt)) : TimeSpan.Zero;

    /// <inheritdoc />
    public bool TryParseMessage(
        ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        if (!inner.TryParseMessage(ref input, binder, out message))
            return false;
        Volatile.Write(ref _heardAt, clock.GetTimestamp());
        if (message is PingMessage)
            Volatile.Write(ref _pings, true);
        return true;
    }

    /// <inheritdoc />
    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(message, output);

    /// <inheritdoc />
    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(message);

    /// <inheritdoc />
    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);
}
