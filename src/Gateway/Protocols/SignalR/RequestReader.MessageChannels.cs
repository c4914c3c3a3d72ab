using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Protocols.SignalR;

// Fields of message channels.
internal sealed partial class RequestReader
{
    /// <summary>A position, an object of offset and epoch, that may be left out.</summary>
    public MessagePosition? Position(string field)
    {
        if (!TryGet(field, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            RefuseField(field, "an object of 'offset' and 'epoch'");
            return null;
        }

        var nested = new RequestReader(new HubRequest(value, false));
        nested.Require("offset");
        var offset = nested.Number("offset");
        var epoch = nested.Required("epoch");
        if (offset < 0)
            nested.RefuseField("offset", "zero or more");
        if (nested.Refusal is { } refusal)
            Refuse(refusal.Code, $"In '{field}': {refusal.Message}");
        return new(MessagePositionText.ToEpoch(epoch ?? ""), offset ?? 0);
    }

    /// <summary>How urgent a message is; may be left out.</summary>
    public MessageLevel Level() => OneOf(
        "level", MessageLevel.Normal, ("normal", MessageLevel.Normal), ("important", MessageLevel.Important));

    /// <summary>The key that makes a publish safe to repeat; may be left out.</summary>
    public string? IdempotencyKey()
    {
        const string Field = "idempotencyKey";
        var key = Text(Field);
        if (key is not null && Encoding.UTF8.GetByteCount(key) is 0 or > RtmLimits.IdempotencyKeyBytesMax)
            Refuse(ErrorCode.InvalidParameter, $"'{Field}' must have 1 to {RtmLimits.IdempotencyKeyBytesMax} bytes.");
        return key;
    }
}
