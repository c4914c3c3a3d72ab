using System.Collections.Immutable;
using System.Text.Json;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Presence as clients see it, in events and in answers.</summary>
internal static class PresenceWriter
{
    public static void Write(Utf8JsonWriter writer, PresenceEvent told)
    {
        writer.WriteStartObject();
        switch (told)
        {
            case PresenceChangeEvent { Change: var change }:
                WriteHead(writer, TypeOf(change.Kind), told, change.User.Value);
                if (change.Kind is PresenceChangeKind.Joined or PresenceChangeKind.StateChanged)
                    WriteState(writer, change.State);
                break;
            case PresenceIntervalEvent { Interval: var interval }:
                WriteHead(writer, "interval", told, "");
                WriteInterval(writer, interval);
                break;
            case PresenceSnapshotEvent { View: var view }:
                WriteHead(writer, "snapshot", told, "");
                WriteView(writer, view);
                break;
            default:
                WriteHead(writer, "outOfService", told, "");
                break;
        }

        writer.WriteEndObject();
    }

    /// <summary>The members of a snapshot: mode, total, states.</summary>
    public static void WriteView(Utf8JsonWriter writer, PresenceView view)
    {
        writer.WriteString("mode", view.IsInterval ? "interval" : "announce");
        writer.WriteNumber("total", view.Total);
        writer.WriteStartArray("states");
        foreach (var user in view.Users)
        {
            writer.WriteStartObject();
            writer.WriteString("userId", user.User.Value);
            WritePairs(writer, user.State);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Pairs as an answer holds them.</summary>
    public static IReadOnlyDictionary<string, string> Describe(ImmutableArray<StateItem> state) =>
        state.ToDictionary(item => item.Key, item => item.Value);

    /// <summary>The word of a kind of channel.</summary>
    public static string WordOf(ChannelType type) => type == ChannelType.Stream ? "stream" : "message";

    private static void WriteHead(Utf8JsonWriter writer, string type, PresenceEvent told, string user)
    {
        writer.WriteString("type", type);
        writer.WriteString("channel", told.Channel.Value);
        writer.WriteString("channelType", WordOf(told.Type));
        writer.WriteString("userId", user);
    }

    private static void WriteInterval(Utf8JsonWriter writer, PresenceInterval interval)
    {
        WriteUsers(writer, "joined", interval.Joined);
        WriteUsers(writer, "left", interval.Left);
        WriteUsers(writer, "timedOut", interval.TimedOut);
        writer.WriteStartArray("states");
        foreach (var state in interval.States)
        {
            writer.WriteStartObject();
            writer.WriteString("userId", state.User.Value);
            WriteState(writer, state.Change);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("total", interval.Total);
        writer.WriteNumber("omitted", interval.Omitted);
    }

    private static void WriteUsers(Utf8JsonWriter writer, string name, ImmutableArray<UserId> users)
    {
        writer.WriteStartArray(name);
        foreach (var user in users)
            writer.WriteStringValue(user.Value);
        writer.WriteEndArray();
    }

    private static void WriteState(Utf8JsonWriter writer, StateChange change)
    {
        WritePairs(writer, change.Set);
        if (change.Removed.IsEmpty)
            return;
        writer.WriteStartArray("removedKeys");
        foreach (var key in change.Removed)
            writer.WriteStringValue(key);
        writer.WriteEndArray();
    }

    private static void WritePairs(Utf8JsonWriter writer, ImmutableArray<StateItem> pairs)
    {
        writer.WriteStartObject("state");
        foreach (var (key, value) in pairs)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static string TypeOf(PresenceChangeKind kind) => kind switch
    {
        PresenceChangeKind.Joined => "join",
        PresenceChangeKind.Left => "leave",
        PresenceChangeKind.TimedOut => "timeout",
        _ => "stateChange",
    };
}
