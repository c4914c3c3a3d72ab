using System.Collections.Immutable;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Presence;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Reads what requests say about presence.</summary>
internal static class StateReader
{
    /// <summary>What a session that enters wants.</summary>
    public static PresenceWish Wish(RequestReader read, bool otherwise)
    {
        var wantsEvents = read.Flag("withPresence", otherwise);
        return new(wantsEvents, read.Flag("beQuiet", false), !wantsEvents && read.Has("withPresence"));
    }

    /// <summary>The pairs to set: an object of strings.</summary>
    public static ImmutableArray<StateItem> State(RequestReader read)
    {
        var items = new List<StateItem>();
        foreach (var (key, value) in read.Pairs("state"))
            items.Add(new(key, value));
        if (read.Refusal is null && StateForm.Check(items) is { } refusal)
            read.Refuse(refusal.Code, $"In 'state': {refusal.Message}");
        return [.. items];
    }

    /// <summary>The keys to remove: an array of strings; left out, it is empty.</summary>
    public static ImmutableArray<string> Keys(RequestReader read)
    {
        var keys = read.Texts("keys");
        if (read.Refusal is null && StateForm.CheckKeys(keys) is { } refusal)
            read.Refuse(refusal.Code, $"In 'keys': {refusal.Message}");
        return [.. keys];
    }
}
