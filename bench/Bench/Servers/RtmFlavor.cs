using ImOrleans.Bench.Load;

namespace ImOrleans.Bench.Servers;

/// <summary>This server, with its limits out of the way.</summary>
internal sealed class RtmFlavor : HubFlavor
{
    private const string Secret = "00112233445566778899aabbccddeeff";
    private const string Topic = "news";

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
    [
        "--Storage:DataDirectory", dataDirectory!,
        "--App:Key", Secret, "--App:Secret", Secret,
        "--RateLimits:CallsPerSecond", "0",
        "--RateLimits:MessagesPerSecond", "0",
        "--RateLimits:TopicMessagesPerSecond", "0",
        "--Rooms:MembersMax", "100000",
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

    private static string Subscribe(string room, string publisher) =>
        Of("SubscribeTopic", room, $",\"topic\":\"{Topic}\",\"users\":[\"{publisher}\"]");

    private static string Text(int payloadBytes) => $"\"messageType\":\"string\",\"payload\":\"{Payload(payloadBytes)}\"";

    private static string Of(string method, string channel, string more = "", string id = "s") =>
        Call(id, method, $$"""{"channel":"{{channel}}"{{more}}}""");
}
