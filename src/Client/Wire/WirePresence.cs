using System.Text.Json;

namespace ImOrleans.Client.Wire;

/// <summary>Who is there, in answers.</summary>
internal static class WirePresence
{
    public static IReadOnlyDictionary<string, string> State(WireReply reply) =>
        reply.Data.ValueKind == JsonValueKind.Object && reply.Data.TryGetProperty("state", out var state)
            ? state.Deserialize<Dictionary<string, string>>()!
            : [];

    public static WhoNow WhoNow(WireReply reply)
    {
        var read = reply.Data.Deserialize<WireWhoNow>(JsonSerializerOptions.Web)!;
        return new([.. read.Users.Select(user => user.ToUser())], read.Total, read.NextPage);
    }

    public static IReadOnlyList<UserChannel> Channels(WireReply reply) =>
        [.. reply.Data.GetProperty("channels").Deserialize<WireUserChannel[]>(JsonSerializerOptions.Web)!.Select(
            one => new UserChannel(one.Channel, WireWords.ChannelTypeOf(one.ChannelType)))];

    private sealed record WireWhoNow(WireUserState[] Users, int Total, string? NextPage = null);

    private sealed record WireUserChannel(string Channel, string ChannelType);
}

/// <summary>A user with its state, or with what is different in it.</summary>
internal sealed record WireUserState(string UserId, Dictionary<string, string>? State = null, string[]? RemovedKeys = null)
{
    public PresentUser ToUser() => new(UserId, State ?? []);

    public StateChange ToChange() => new(UserId, State ?? [], RemovedKeys ?? []);
}

/// <summary>An element of <c>OnPresenceEvents</c>.</summary>
internal sealed record WirePresenceEvent(
    string Type, string Channel, string ChannelType, string UserId, Dictionary<string, string>? State = null,
    string[]? RemovedKeys = null, string? Mode = null, int Total = 0, int Omitted = 0, WireUserState[]? States = null,
    string[]? Joined = null, string[]? Left = null, string[]? TimedOut = null)
{
    /// <summary>Null when it says that nothing is told, or is of a kind that later servers may tell.</summary>
    public PresenceEvent? ToEvent() => Type switch
    {
        "snapshot" => new PresenceSnapshot(
            Channel, [.. (States ?? []).Select(user => user.ToUser())], Total, Mode == "interval"),
        "join" => new UserJoined(Channel, new(UserId, State ?? [])),
        "leave" => new UserLeft(Channel, UserId, false),
        "timeout" => new UserLeft(Channel, UserId, true),
        "stateChange" => new UserStateChanged(Channel, new(UserId, State ?? [], RemovedKeys ?? [])),
        "interval" => new PresenceInterval(
            Channel, Joined ?? [], Left ?? [], TimedOut ?? [], [.. (States ?? []).Select(user => user.ToChange())],
            Total, Omitted),
        _ => null,
    };
}
