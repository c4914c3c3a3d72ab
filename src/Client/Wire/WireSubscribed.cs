using System.Text.Json;

namespace ImOrleans.Client.Wire;

/// <summary>The data of the answer to <c>Subscribe</c>.</summary>
internal sealed record WireSubscribed(
    WirePosition Position, bool? Recovered = null, IReadOnlyList<WireMessage>? Messages = null)
{
    public static WireSubscribed Of(JsonElement data) =>
        data.Deserialize<WireSubscribed>(JsonSerializerOptions.Web)
        ?? throw new JsonException("The answer to a subscription is empty.");
}

/// <summary>A place in a message channel.</summary>
internal sealed record WirePosition(long Offset, string Epoch)
{
    public MessagePosition ToPosition() => new(Offset, Epoch);
}
