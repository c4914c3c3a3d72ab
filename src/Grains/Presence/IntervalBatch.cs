using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Presence;

/// <summary>The changes of one period, each user once with what came last.</summary>
/// <remarks>
/// Who came and went within a period is told as gone: a snapshot in between may have shown it. So whatever a session was
/// shown last, after the batch it knows how each user stands that is named. Bounded in users and in bytes of states; what
/// has no room is counted.
/// </remarks>
internal sealed class IntervalBatch
{
    private readonly OrderedDictionary<UserId, Line> _lines = [];
    private int _stateBytes;
    private int _omitted;

    public bool IsEmpty => _lines.Count == 0 && _omitted == 0;

    /// <summary>Adds what happened to a user.</summary>
    public void Add(PresenceChangeKind kind, UserId user, StateChange change)
    {
        var isKnown = _lines.TryGetValue(user, out var line);
        if (!isKnown && _lines.Count >= PresenceLimits.IntervalUsersMax)
        {
            _omitted++;
            return;
        }

        var bytes = StateForm.BytesOf(change.Set);
        if (_stateBytes + bytes > PresenceLimits.IntervalStateBytesMax)
        {
            _omitted++;
            if (kind == PresenceChangeKind.StateChanged)
                return;
            (change, bytes) = (StateChange.None, 0);
        }

        _stateBytes += bytes;
        _lines[user] = isKnown && kind == PresenceChangeKind.StateChanged
            ? new(line.Kind, line.Change.Then(change))
            : new(kind, change);
    }

    /// <summary>All that was added, as one item; the batch is empty again.</summary>
    public PresenceInterval Take(int total)
    {
        var interval = new PresenceInterval(
            0,
            [.. Of(PresenceChangeKind.Joined)],
            [.. Of(PresenceChangeKind.Left)],
            [.. Of(PresenceChangeKind.TimedOut)],
            [
                .. _lines.Where(line => !line.Value.Change.IsEmpty)
                    .Select(line => new UserStateChange(line.Key, line.Value.Change)),
            ],
            total,
            _omitted);
        Clear();
        return interval;
    }

    public void Clear()
    {
        _lines.Clear();
        _stateBytes = _omitted = 0;
    }

    private IEnumerable<UserId> Of(PresenceChangeKind kind) =>
        _lines.Where(line => line.Value.Kind == kind).Select(line => line.Key);

    private readonly record struct Line(PresenceChangeKind Kind, StateChange Change);
}
