using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// SignalR's JSON protocol, with two differences: an invocation whose arguments do not bind still reaches its method,
/// which answers with a code; and a frame that is too long or no message at all reaches a method that closes the
/// connection with a reason.
/// </summary>
internal sealed class RtmHubProtocol(JsonHubProtocol inner) : IHubProtocol
{
    /// <summary>The longest frame, in bytes: the terminating byte included.</summary>
    public const int FrameBytesMax = 256 * 1024;

    /// <summary>The method that a frame above <see cref="FrameBytesMax"/> is given to.</summary>
    public const string FrameTooLongMethod = "$frameTooLong";

    /// <summary>The method that a frame which is no message is given to.</summary>
    public const string FrameUnreadableMethod = "$frameUnreadable";

    /// <inheritdoc />
    public string Name => inner.Name;

    /// <inheritdoc />
    public int Version => inner.Version;

    /// <inheritdoc />
    public TransferFormat TransferFormat => inner.TransferFormat;

    /// <inheritdoc />
    public bool TryParseMessage(
        ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var before = input;
        try
        {
            return TryParse(ref input, before, binder, out message);
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // Mostly invalid data; but text that is no UTF-8, or a number in an odd form, surprises SignalR's parser.
            input = before.Slice(before.End);
            message = new InvocationMessage(FrameUnreadableMethod, []);
            return true;
        }
    }

    /// <inheritdoc />
    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => inner.WriteMessage(message, output);

    /// <inheritdoc />
    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => inner.GetMessageBytes(message);

    /// <inheritdoc />
    public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

    private bool TryParse(
        ref ReadOnlySequence<byte> input, ReadOnlySequence<byte> before, IInvocationBinder binder,
        [NotNullWhen(true)] out HubMessage? message)
    {
        while (!inner.TryParseMessage(ref input, binder, out message))
        {
            // A frame of a type that SignalR does not know is skipped; what follows it is read at once.
            if (!input.Start.Equals(before.Start))
            {
                before = input;
                continue;
            }

            // SignalR shows no more than the limit: without an end in it, the frame is longer.
            if (before.Length < FrameBytesMax)
                return false;
            input = before.Slice(before.End);
            message = new InvocationMessage(FrameTooLongMethod, []);
            return true;
        }

        if (message is InvocationBindingFailureMessage failure)
            message = Rebind(failure, before.Slice(0, input.Start));
        return true;
    }

    private static InvocationMessage Rebind(InvocationBindingFailureMessage failure, ReadOnlySequence<byte> frame)
    {
        var request = HasNoArgument(frame) ? HubRequest.None : HubRequest.Malformed;
        return new(failure.InvocationId, failure.Target, [request]);
    }

    private static bool HasNoArgument(ReadOnlySequence<byte> frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame.Slice(0, frame.Length - 1));
            return document.RootElement.TryGetProperty("arguments", out var arguments)
                && arguments.ValueKind == JsonValueKind.Array && arguments.GetArrayLength() == 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
