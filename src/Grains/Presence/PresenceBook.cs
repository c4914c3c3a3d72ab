using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Presence;

/// <summary>Who is in one channel, and what those who want to know are told of it. No clock, no calls.</summary>
/// <remarks>
/// <para>A user comes with its first session and goes with its last. Who goes lingers for a moment: others are not told
/// yet, and a snapshot still shows it, so that who comes back in that time was never away for anybody. Who-now does not
/// show it.</para>
/// <para>In announce mode each change is told at once. With more than
/// <see cref="PresenceOptions.AnnounceUsersMax"/> users the channel is in interval mode, where changes gather; at 80 % of
/// it everybody gets a snapshot, and it is in announce mode again.</para>
/// <para><b>Cost:</b> a user that comes or goes costs O(log users); a page O(log users) and what it holds.</para>
/// </remarks>
internal sealed class PresenceBook(PresenceOptions options)
{
    private readonly Dictionary<UserId, PresenceEntry> _users = [];
    private readonly SortedSet<PresenceEntry> _byPlace = new(PresenceEntry.ByPlace);
    private readonly Queue<(PresenceEntry Entry, DateTimeOffset Until)> _goers = new();
    private readonly IntervalBatch _batch = new();
    private readonly int _announceAgainAt = options.AnnounceUsersMax * 80 / 100;
    private List<DeliveryItem> _news = [];
    private ImmutableArray<PresentUser> _shown;
    private DateTimeOffset? _batchDueAt;
    private long _lastPlace;
    private long _lastStamp;
    private int _lingering;

    /// <summary>True while changes are told together.</summary>
    public bool IsInterval { get; private set; }

    /// <summary>The users that are there.</summary>
    public int Count => _users.Count - _lingering;

    /// <summary>When <see cref="Settle"/> has something to do; null for never.</summary>
    public DateTimeOffset? NextDue()
    {
        // Who goes from a large channel can wait for the end of the period, unless it ends interval mode.
        if (_batchDueAt is not null && Count > _announceAgainAt)
            return _batchDueAt;
        ForgetReturned();
        return _goers.TryPeek(out var next) && !(_batchDueAt < next.Until) ? next.Until : _batchDueAt;
    }

    /// <summary>A session of a user comes.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="said">What it has said of its user before; where that is too much with what is there, nothing.</param>
    /// <param name="now">The time.</param>
    /// <returns>The state of the user.</returns>
    public PresenceState Enter(UserId user, ImmutableArray<StateItem> said, DateTimeOffset now)
    {
        Settle(now);
        if (!_users.TryGetValue(user, out var entry))
            return Add(user, said.IsEmpty ? PresenceState.None : new(StateForm.Sorted(said), NextStamp(now)), now);
        if (TakeBack(entry))
            return Change(entry, StateForm.Sorted(said), now);
        entry.Sessions++;
        var set = StateForm.Set(entry.State.Items, said);
        return set.IsAccepted ? Change(entry, set.Value, now) : entry.State;
    }

    /// <summary>A gateway states a session of a user, and the state that it knows of.</summary>
    public void Restore(UserId user, PresenceState stated, DateTimeOffset now)
    {
        Settle(now);
        _lastStamp = Math.Max(_lastStamp, stated.Stamp);
        if (!_users.TryGetValue(user, out var entry))
        {
            Add(user, stated, now);
            return;
        }

        if (!TakeBack(entry))
            entry.Sessions++;
        Adopt(user, stated, now);
    }

    /// <summary>A gateway states the state of a user that is there: the later one counts.</summary>
    public void Adopt(UserId user, PresenceState stated, DateTimeOffset now)
    {
        _lastStamp = Math.Max(_lastStamp, stated.Stamp);
        if (!_users.TryGetValue(user, out var entry) || stated.Stamp <= entry.State.Stamp)
            return;
        var change = StateChange.Between(entry.State.Items, stated.Items);
        entry.State = stated;
        TellState(entry, change, now);
    }

    /// <summary>A session of a user goes.</summary>
    public void Leave(UserId user, PresenceEnd end, DateTimeOffset now)
    {
        Settle(now);
        if (Find(user) is not { } entry || --entry.Sessions > 0)
            return;
        entry.End = end;
        entry.LingersUntil = now + options.Debounce;
        _lingering++;
        _goers.Enqueue((entry, now + options.Debounce));
        Settle(now);
    }

    /// <summary>Changes what a user says of itself.</summary>
    /// <param name="user">Who.</param>
    /// <param name="set">Pairs to set; null to remove.</param>
    /// <param name="removed">Keys to remove when there is nothing to set; none: all.</param>
    /// <param name="now">The time.</param>
    public Outcome<PresenceState> ChangeState(
        UserId user, ImmutableArray<StateItem>? set, ImmutableArray<string> removed, DateTimeOffset now)
    {
        Settle(now);
        if (Find(user) is not { } entry)
            return ErrorCode.PresenceUserNotExist;
        Outcome<ImmutableArray<StateItem>> state = set is { } items
            ? StateForm.Set(entry.State.Items, items)
            : StateForm.Remove(entry.State.Items, removed);
        return state.IsAccepted ? Change(entry, state.Value, now) : state.As<PresenceState>();
    }

    /// <summary>How many sessions of a user are there.</summary>
    public int SessionsOf(UserId user) => Find(user)?.Sessions ?? 0;

    /// <summary>What a user that is there says of itself; null when it is not.</summary>
    public PresenceState? StateOf(UserId user) => Find(user)?.State;

    /// <summary>Who is there now, behind a place, and the place of the last when there are more.</summary>
    public (ImmutableArray<PresentUser> Users, long? More) PageAfter(long place, bool withStates)
    {
        if (_byPlace.Max is not { } last || last.Place <= place)
            return ([], null);
        var page = _byPlace.GetViewBetween(new(default, place + 1), last)
            .Where(entry => entry.LingersUntil is null)
            .Take(PresenceLimits.PageUsersMax + 1)
            .ToArray();
        var shown = page.AsSpan()[..Math.Min(page.Length, PresenceLimits.PageUsersMax)];
        var users = ImmutableArray.CreateBuilder<PresentUser>(shown.Length);
        foreach (var entry in shown)
            users.Add(new(entry.User, withStates ? entry.State.Items : []));
        return (users.MoveToImmutable(), page.Length > shown.Length ? shown[^1].Place : null);
    }

    /// <summary>What who begins to be told is shown. What was due before is told before.</summary>
    public PresenceView View(DateTimeOffset now)
    {
        Settle(now);
        return View();
    }

    /// <summary>Lets those go who were gone for long enough, and ends a period that is over.</summary>
    public void Settle(DateTimeOffset now)
    {
        for (ForgetReturned(); _goers.TryPeek(out var goer) && goer.Until <= now; ForgetReturned())
        {
            _goers.Dequeue();
            Remove(goer.Entry, goer.Until);
        }

        if (_batchDueAt > now)
            return;
        if (!_batch.IsEmpty)
            _news.Add(_batch.Take(_users.Count));
        _batchDueAt = null;
    }

    /// <summary>What is to be told, in order, without numbers; each once.</summary>
    public IReadOnlyList<DeliveryItem> TakeNews()
    {
        if (_news.Count == 0)
            return [];
        var news = _news;
        _news = [];
        return news;
    }

    /// <summary>Everybody is about to be shown how things stand: what was not told yet need not be.</summary>
    public PresenceView TellAnew(DateTimeOffset now)
    {
        Settle(now);
        return TellAnew();
    }

    private PresenceView TellAnew()
    {
        _batch.Clear();
        _batchDueAt = null;
        _news.Clear();
        _shown = default;
        return View();
    }

    private PresenceState Add(UserId user, PresenceState state, DateTimeOffset now)
    {
        var entry = new PresenceEntry(user, ++_lastPlace) { State = state };
        _users.Add(user, entry);
        _byPlace.Add(entry);
        IsInterval |= _users.Count > options.AnnounceUsersMax;
        if (!IsInterval || _shown.IsDefault || _shown.Length < PresenceLimits.SnapshotUsersMax)
            _shown = default;
        Tell(PresenceChangeKind.Joined, user, new(state.Items, []), now);
        return state;
    }

    private void Remove(PresenceEntry entry, DateTimeOffset now)
    {
        _lingering--;
        _users.Remove(entry.User);
        _byPlace.Remove(entry);
        ForgetShown(entry.User);
        if (IsInterval && _users.Count <= _announceAgainAt)
        {
            IsInterval = false;
            _news.Add(new PresenceSnapshot(0, TellAnew()));
            return;
        }

        var kind = entry.End == PresenceEnd.TimedOut ? PresenceChangeKind.TimedOut : PresenceChangeKind.Left;
        Tell(kind, entry.User, StateChange.None, now);
    }

    private PresenceState Change(PresenceEntry entry, ImmutableArray<StateItem> items, DateTimeOffset now)
    {
        var change = StateChange.Between(entry.State.Items, items);
        if (change.IsEmpty)
            return entry.State;
        entry.State = new(items, NextStamp(now));
        TellState(entry, change, now);
        return entry.State;
    }

    private void TellState(PresenceEntry entry, StateChange change, DateTimeOffset now)
    {
        if (change.IsEmpty)
            return;
        ForgetShown(entry.User);
        Tell(PresenceChangeKind.StateChanged, entry.User, change, now);
    }

    private void Tell(PresenceChangeKind kind, UserId user, StateChange change, DateTimeOffset now)
    {
        if (!IsInterval)
        {
            _news.Add(new PresenceChanged(0, kind, user, change));
            return;
        }

        _batch.Add(kind, user, change);
        _batchDueAt ??= now + options.IntervalPeriod;
    }

    private PresenceView View()
    {
        if (_shown.IsDefault)
            _shown = [
                .. _byPlace.Take(IsInterval ? PresenceLimits.SnapshotUsersMax : int.MaxValue)
                    .Select(entry => new PresentUser(entry.User, entry.State.Items)),
            ];
        return new(_shown, _users.Count, IsInterval);
    }

    private PresenceEntry? Find(UserId user) =>
        _users.TryGetValue(user, out var entry) && entry.LingersUntil is null ? entry : null;

    /// <summary>A user that lingers has a session again; false when it was not about to go.</summary>
    private bool TakeBack(PresenceEntry entry)
    {
        if (entry.LingersUntil is null)
            return false;
        entry.LingersUntil = null;
        entry.Sessions = 1;
        _lingering--;
        return true;
    }

    /// <summary>Clears away the notes of those who came back, and maybe went again later.</summary>
    private void ForgetReturned()
    {
        while (_goers.TryPeek(out var goer) && goer.Entry.LingersUntil != goer.Until)
            _goers.Dequeue();
    }

    private void ForgetShown(UserId user)
    {
        if (!_shown.IsDefault && (!IsInterval || _shown.Any(shown => shown.User == user)))
            _shown = default;
    }

    private long NextStamp(DateTimeOffset now) => _lastStamp = Math.Max(_lastStamp + 1, now.ToUnixTimeMilliseconds());
}
