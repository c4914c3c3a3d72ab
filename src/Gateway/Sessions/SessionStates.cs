using System.Collections.Immutable;
using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// What one session says of its user in channels where it is not yet; it goes with its coming. Safe for concurrent use.
/// </summary>
internal sealed class SessionStates
{
    private readonly Lock _gate = new();
    private Dictionary<(ChannelType, ChannelName), ImmutableArray<StateItem>>? _states;

    /// <summary>What was said for a channel.</summary>
    public ImmutableArray<StateItem> For(ChannelType type, ChannelName channel)
    {
        lock (_gate)
            return _states?.GetValueOrDefault((type, channel), []) ?? [];
    }

    /// <summary>All that was said, by channel.</summary>
    public ImmutableArray<(ChannelType Type, ChannelName Channel, ImmutableArray<StateItem> Items)> All()
    {
        lock (_gate)
            return _states is null ? [] : [.. _states.Select(said => (said.Key.Item1, said.Key.Item2, said.Value))];
    }

    /// <summary>Sets pairs for a channel, or removes keys, all when none is named.</summary>
    /// <returns>All that is said for the channel now.</returns>
    public Outcome<ImmutableArray<StateItem>> Change(
        ChannelType type, ChannelName channel, ImmutableArray<StateItem>? set, ImmutableArray<string> removed)
    {
        lock (_gate)
        {
            var before = For(type, channel);
            Outcome<ImmutableArray<StateItem>> after = set is { } items
                ? StateForm.Set(before, items)
                : StateForm.Remove(before, removed);
            if (!after.IsAccepted)
                return after;
            if (after.Value.IsEmpty)
                _states?.Remove((type, channel));
            else if (before.IsEmpty && _states?.Count >= PresenceLimits.CachedChannelsMax)
                return new Refusal(ErrorCode.PresenceCachedTooManyStates, string.Create(
                    CultureInfo.InvariantCulture,
                    $"States wait for {PresenceLimits.CachedChannelsMax} channels already; enter one of them."));
            else
                (_states ??= [])[(type, channel)] = after.Value;
            return after;
        }
    }

    /// <summary>The session is in a channel: what was said for it is said there now.</summary>
    public void Forget(ChannelType type, ChannelName channel)
    {
        lock (_gate)
            _states?.Remove((type, channel));
    }
}
