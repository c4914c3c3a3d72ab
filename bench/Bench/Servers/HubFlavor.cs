using ImOrleans.Bench.Load;

namespace ImOrleans.Bench.Servers;

/// <summary>How to start a kind of server, and how to say the same things to it.</summary>
internal abstract class HubFlavor
{
    /// <summary>What it is called in results.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it keeps something on disk.</summary>
    public abstract bool NeedsDataDirectory { get; }

    /// <summary>The program.</summary>
    public abstract string DllOf(ServerPaths paths);

    /// <summary>The program's arguments.</summary>
    public abstract IEnumerable<string> Arguments(string? dataDirectory);

    /// <summary>Where a user connects.</summary>
    public abstract string PathFor(string user);

    /// <summary>The calls by which a user gets to publish in a room.</summary>
    public abstract IReadOnlyList<string> ToPublish(string room, string user);

    /// <summary>The calls by which a user gets to hear a publisher in a room.</summary>
    public abstract IReadOnlyList<string> ToListen(string room, string publisher);

    /// <summary>The calls by which a user gets to publish in a room and to hear itself.</summary>
    public abstract IReadOnlyList<string> ToPublishAndListen(string room, string user);

    /// <summary>A publish in a room.</summary>
    public abstract CallFrame Publish(string room, int payloadBytes);

    /// <summary>A call that is answered by what lies behind the hub.</summary>
    public abstract CallFrame Invoke(string room, int payloadBytes);

    /// <summary>A payload with its number at the front.</summary>
    protected static string Payload(int bytes) =>
        (char)DeliveryCounter.Mark + CallFrame.Number.PadRight(bytes - 1, 'x');

    /// <summary>A call as JSON.</summary>
    protected static string Call(string id, string method, string arguments) =>
        $$"""{"type":1,"invocationId":"{{id}}","target":"{{method}}","arguments":[{{arguments}}]}""";
}
