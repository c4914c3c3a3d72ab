using ImOrleans.Bench.Load;

namespace ImOrleans.Bench.Servers;

/// <summary>A hub on SignalR's groups.</summary>
internal sealed class PlainHubFlavor : HubFlavor
{
    /// <inheritdoc />
    public override string Name => "plain SignalR hub";

    /// <inheritdoc />
    public override bool NeedsDataDirectory => false;

    /// <inheritdoc />
    public override string DllOf(ServerPaths paths) => paths.PlainHub;

    /// <inheritdoc />
    public override IEnumerable<string> Arguments(string? dataDirectory) => [];

    /// <inheritdoc />
    public override string PathFor(string user) => "/rtm";

    /// <inheritdoc />
    public override IReadOnlyList<string> ToPublish(string room, string user) => [];

    /// <inheritdoc />
    public override IReadOnlyList<string> ToListen(string room, string publisher) => [Join(room)];

    /// <inheritdoc />
    public override IReadOnlyList<string> ToPublishAndListen(string room, string user) => [Join(room)];

    /// <inheritdoc />
    public override CallFrame Publish(string room, int payloadBytes) =>
        new(Call(CallFrame.Number, "Publish", $"\"{room}\",\"{Payload(payloadBytes)}\""));

    /// <inheritdoc />
    public override CallFrame Invoke(string room, int payloadBytes) =>
        new(Call(CallFrame.Number, "Echo", $"\"{Payload(payloadBytes)}\""));

    private static string Join(string room) => Call("j", "Join", $"\"{room}\"");
}
