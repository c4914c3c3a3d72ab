using Microsoft.AspNetCore.SignalR;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>An event in the hub's JSON: a client method, and the elements of its array argument.</summary>
/// <param name="method">The client method.</param>
/// <param name="elements">One or more JSON objects with commas between them.</param>
/// <param name="second">A second argument in JSON, which goes with these elements only; null: there is none.</param>
internal sealed class EncodedEvent(string method, byte[] elements, byte[]? second = null)
{
    private SerializedHubMessage? _frame;

    public string Method { get; } = method;

    public ReadOnlyMemory<byte> Elements { get; } = elements;

    /// <summary>The second argument.</summary>
    public byte[]? Second { get; } = second;

    /// <summary>The event alone in a frame, made once for all sessions.</summary>
    public SerializedHubMessage Frame => _frame ??= FrameWriter.Write([this]);
}
