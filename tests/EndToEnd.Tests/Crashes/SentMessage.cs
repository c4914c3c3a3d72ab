using System.Text.Json;

namespace ImOrleans.EndToEnd.Tests.Crashes;

/// <summary>What names a message of a conversation, and its place there.</summary>
internal sealed record SentMessage(string UId, long Seq, long SentTime)
{
    /// <summary>As a send is answered, or as a pull has it.</summary>
    public static SentMessage Of(JsonElement message) => new(
        message.GetProperty("messageUId").GetString()!, message.GetProperty("seq").GetInt64(),
        message.GetProperty("sentTime").GetInt64());
}
