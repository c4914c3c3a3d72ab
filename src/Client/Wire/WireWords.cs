using System.Text.Json;

namespace ImOrleans.Client.Wire;

/// <summary>The words that the protocol has for values of this library.</summary>
internal static class WireWords
{
    public static string MessageType(Payload payload) => payload.IsBinary ? "binary" : "string";

    public static string Content(Payload payload) => payload.Text ?? Convert.ToBase64String(payload.Bytes.Span);

    public static string Of(ChannelType type) => type == ChannelType.Stream ? "stream" : "message";

    public static ChannelType ChannelTypeOf(string word) => word == "stream" ? ChannelType.Stream : ChannelType.Message;

    public static string Of(TopicQos qos) => qos == TopicQos.Ordered ? "ordered" : "unordered";

    public static string Of(MessagePriority priority) => priority switch
    {
        MessagePriority.Highest => "highest",
        MessagePriority.High => "high",
        MessagePriority.Low => "low",
        _ => "normal",
    };

    public static Dictionary<string, IReadOnlyList<string>> Topics(Dictionary<string, string[]>? snapshot) =>
        snapshot?.ToDictionary(topic => topic.Key, topic => (IReadOnlyList<string>)topic.Value) ?? [];

    /// <summary>The topics in the answer to a join.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Topics(JsonElement data) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty("topics", out var topics)
            ? Topics(topics.Deserialize<Dictionary<string, string[]>>())
            : [];
}
