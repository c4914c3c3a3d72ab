using System.Text;
using ImOrleans.Bench.Load;

namespace ImOrleans.Bench.Servers;

/// <summary>This server, with its limits out of the way.</summary>
internal class RtmFlavor : HubFlavor
{
    /// <summary>The key of the app, and its secret.</summary>
    public const string Secret = "00112233445566778899aabbccddeeff";
    private const string Topic = "news";
    private const int PullMessagesMax = 200;

    /// <summary>How long the changes of a large channel gather; the shortest that there is.</summary>
    public static readonly TimeSpan PresencePeriod = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public override string Name => "ImOrleans";

    /// <inheritdoc />
    public override bool NeedsDataDirectory => true;

    /// <inheritdoc />
    public override string DllOf(ServerPaths paths) => paths.Silo;

    /// <inheritdoc />
    public override IEnumerable<string> Arguments(string? dataDirectory) =>
        ["--Storage:DataDirectory", dataDirectory!, .. Settings];

    /// <summary>The settings on whatever store.</summary>
    private static IReadOnlyList<string> Settings { get; } =
    [
        "--App:Key", Secret, "--App:Secret", Secret,
        "--RateLimits:CallsPerSecond", "0",
        "--RateLimits:MessagesPerSecond", "0",
        "--RateLimits:TopicMessagesPerSecond", "0",
        "--RateLimits:ConversationMessagesPerSecond", "0",
        "--Rooms:MembersMax", "100000",
        "--Conversations:GroupMembersMax", "100000",
        "--Presence:IntervalPeriod", PresencePeriod.ToString("c"),
        // A reader that stops is to stay for as long as it is measured.
        "--Outbox:StallMax", "01:00:00",
    ];

    /// <inheritdoc />
    public override string PathFor(string user) => $"/rtm?access_token={Token.Sign(Secret, user)}";

    /// <inheritdoc />
    public override IReadOnlyList<string> ToPublish(string room, string user) =>
        [Of("JoinChannel", room), Of("JoinTopic", room, $",\"topic\":\"{Topic}\"")];

    /// <inheritdoc />
    public override IReadOnlyList<string> ToListen(string room, string publisher) =>
        [Of("JoinChannel", room), Subscribe(room, publisher)];

    /// <inheritdoc />
    public override IReadOnlyList<string> ToPublishAndListen(string room, string user) =>
        [.. ToPublish(room, user), Subscribe(room, user)];

    /// <inheritdoc />
    public override CallFrame Publish(string room, int payloadBytes) =>
        new(Of("PublishTopic", room, $",\"topic\":\"{Topic}\",{Text(payloadBytes)}", CallFrame.Number));

    /// <inheritdoc />
    /// <remarks>A publish that nobody follows: request, grain, answer.</remarks>
    public override CallFrame Invoke(string room, int payloadBytes) => Publish(room, payloadBytes);

    /// <summary>A message to one user.</summary>
    public static CallFrame SendTo(string user, int payloadBytes) =>
        new(Of("Publish", user, $",\"channelType\":\"user\",{Text(payloadBytes)}", CallFrame.Number));

    /// <summary>A join that shows and tells who is there.</summary>
    public static CallFrame JoinWithPresence(string room) =>
        new(Of("JoinChannel", room, ",\"withPresence\":true", CallFrame.Number));

    /// <summary>A private message that is stored.</summary>
    public static CallFrame SendMessage(string user, int payloadBytes) => SendMessage(1, user, payloadBytes);

    /// <summary>A message to a group that is stored.</summary>
    public static CallFrame SendToGroup(string group, int payloadBytes) => SendMessage(3, group, payloadBytes);

    private static CallFrame SendMessage(int conversationType, string target, int payloadBytes) => new(Call(
        "send", "SendMessage",
        $$"""{"conversationType":{{conversationType}},"targetId":"{{target}}","objectName":"RC:TxtMsg","""
        + $$""" "clientMessageId":"{{CallFrame.Number}}","""
        + $$$""" "content":{"content":"{{{Payload(payloadBytes)}}}"}}"""));

    /// <summary>Asks for what waits for the device.</summary>
    public static byte[] Pull { get; } = CallFrame.Encode(PullCall);

    /// <summary>The same as JSON.</summary>
    public static string PullCall => Call("pull", "PullMessages", $$"""{"count":{{PullMessagesMax}}}""");

    /// <summary>In the answer to <see cref="SendMessage(string, int)"/>.</summary>
    public static ReadOnlySpan<byte> SendId => "\"invocationId\":\"send\""u8;

    /// <summary>In the answer to <see cref="Pull"/>.</summary>
    public static ReadOnlySpan<byte> PullId => "\"invocationId\":\"pull\""u8;

    /// <summary>Says that the device has what the token of a pull stands for.</summary>
    public static byte[] Acknowledge(string token) => Acknowledge("ack", token);

    /// <summary>Says that the device has what the token of a push stands for, and all before.</summary>
    public static byte[] AcknowledgePushed(string token) => Acknowledge("pushed", token);

    /// <summary>In the answer to <see cref="AcknowledgePushed"/>.</summary>
    public static ReadOnlySpan<byte> PushedAckId => "\"invocationId\":\"pushed\""u8;

    /// <summary>Whether an answer says that the same may be asked again; false when it was done.</summary>
    /// <exception cref="InvalidDataException">It was refused for good.</exception>
    public static bool IsToBeAskedAgain(ReadOnlySpan<byte> answer) =>
        answer.IndexOf("\"code\":0"u8) < 0
        && (answer.IndexOf("\"code\":24015"u8) >= 0
            ? true
            : throw new InvalidDataException("The server refused: " + Encoding.UTF8.GetString(answer)));

    /// <summary>The token in an answer to <see cref="Pull"/>; null when it has none.</summary>
    public static string? AckTokenOf(ReadOnlySpan<byte> answer)
    {
        var name = "\"ackToken\":\""u8;
        var at = answer.IndexOf(name);
        if (at < 0)
            return null;
        var token = answer[(at + name.Length)..];
        return Encoding.ASCII.GetString(token[..token.IndexOf((byte)'"')]);
    }

    /// <summary>Whether it is a record of messages that were pushed.</summary>
    public static bool IsPushedMessages(ReadOnlySpan<byte> record) => record.IndexOf("\"target\":\"OnChatMessages\""u8) >= 0;

    /// <summary>The token of messages that were pushed: the last text of their record.</summary>
    public static string PushTokenOf(ReadOnlySpan<byte> record)
    {
        var token = record[..record.LastIndexOf((byte)'"')];
        return Encoding.ASCII.GetString(token[(token.LastIndexOf((byte)'"') + 1)..]);
    }

    private static string Subscribe(string room, string publisher) =>
        Of("SubscribeTopic", room, $",\"topic\":\"{Topic}\",\"users\":[\"{publisher}\"]");

    private static byte[] Acknowledge(string id, string token) =>
        CallFrame.Encode(Call(id, "AckMessages", $$"""{"ackToken":"{{token}}"}"""));

    private static string Text(int payloadBytes) => $"\"messageType\":\"string\",\"payload\":\"{Payload(payloadBytes)}\"";

    private static string Of(string method, string channel, string more = "", string id = "s") =>
        Call(id, method, $$"""{"channel":"{{channel}}"{{more}}}""");
}
