using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Presence;

/// <summary>
/// The presence of one channel, as a part of its grain: which sessions take part in it, who is told what, and the pages of
/// who-now. The rules are in <see cref="PresenceBook"/>.
/// </summary>
/// <remarks>
/// <para>The grain calls in its turns only, and after each call wakes by <see cref="NextDue"/>.</para>
/// <para>While the grain gathers what gateways state after the loss of its silo, <paramref name="isSilent"/>, nothing is
/// told: who comes and goes then cannot be told from who was there. <see cref="TellAll"/> ends it.</para>
/// </remarks>
internal sealed class ChannelPresence(Fanout fanout, TimeProvider clock, PresenceOptions options, Func<bool> isSilent)
{
    private readonly PresenceBook _book = new(options);
    private readonly SessionTable<Participant> _sessions = new();
    private readonly Dictionary<GatewayId, int> _listening = [];

    /// <summary>When <see cref="OnDue"/> has something to do; null for never.</summary>
    public DateTimeOffset? NextDue() => _book.NextDue();

    /// <summary>A session takes part from now on, or in another way than before.</summary>
    public PresenceEntered Enter(SessionId session, UserId user, MemberPresence presence)
    {
        var now = clock.GetUtcNow();
        var state = PresenceState.None;
        if (_sessions.TryGet(session, out var known) && known.IsQuiet == presence.IsQuiet)
            state = _book.StateOf(user) ?? state;
        else if (presence.IsQuiet && known is not null)
            _book.Leave(user, PresenceEnd.Left, now);
        else if (!presence.IsQuiet)
            state = _book.Enter(user, presence.State.Items, now);

        // Who comes is not told of itself: it listens from after its own coming.
        Tell();
        Set(session, user, presence);
        if (!state.Items.IsEmpty)
            Keep(user, state);
        return new(state, presence.WantsEvents ? _book.View(now) : null);
    }

    /// <summary>A gateway states that a session takes part.</summary>
    /// <returns>True when it wants to be told and was not until now: it may have missed what was told before.</returns>
    public bool Restore(SessionId session, UserId user, MemberPresence stated)
    {
        var now = clock.GetUtcNow();
        var isKnown = _sessions.TryGet(session, out var known);
        var (wasVisible, wasTold) = (isKnown && !known!.IsQuiet, isKnown && known!.WantsEvents);
        if (!stated.IsQuiet && wasVisible)
            _book.Adopt(user, stated.State, now);
        else if (!stated.IsQuiet)
            _book.Restore(user, stated.State, now);
        else if (wasVisible)
            _book.Leave(user, PresenceEnd.Left, now);
        Set(session, user, stated);
        Tell();
        return stated.WantsEvents && !wasTold;
    }

    /// <summary>A session does not take part any more.</summary>
    public void Leave(SessionId session, PresenceEnd end)
    {
        if (!_sessions.Remove(session, out var gone))
            return;
        if (gone.WantsEvents)
            Unlisten(session.Gateway);
        if (!gone.IsQuiet)
            _book.Leave(gone.User, end, clock.GetUtcNow());
        Tell();
    }

    /// <summary>A session's part; null when it has none. What its user says, the book knows.</summary>
    public MemberPresence? PartOf(SessionId session) => _sessions.TryGet(session, out var part)
        ? new(part.WantsEvents, part.IsQuiet, PresenceState.None)
        : null;

    /// <summary>Changes what the user of a session says of itself.</summary>
    public Outcome<PresenceState> ChangeState(ChangeStateRequest request)
    {
        if (!_sessions.TryGet(request.Session, out var participant))
            return ErrorCode.PresenceUserNotExist;
        if (participant.IsQuiet)
            return ErrorCode.PresenceNotWritable;
        var changed = _book.ChangeState(participant.User, request.Set, request.Removed, clock.GetUtcNow());
        Tell();
        if (changed.IsAccepted)
            Keep(participant.User, changed.Value);
        return changed;
    }

    /// <summary>What a user says of itself.</summary>
    public Outcome<PresenceState> StateOf(UserId user) =>
        _book.StateOf(user) is { } state ? state : ErrorCode.PresenceUserNotExist;

    /// <summary>Who is there now.</summary>
    public Outcome<WhoNow> WhoNow(WhoNowRequest request)
    {
        if (request is { WithStates: true, WithUsers: false })
            return new Refusal(ErrorCode.PresenceInvalidArgument, "States are told with their users only.");
        if (!TryReadPage(request.Page, out var place))
            return new Refusal(
                ErrorCode.PresenceInvalidArgument, "This is no page of now; begin with the first one again.");
        if (!request.WithUsers)
            return new WhoNow([], _book.Count, null);
        var (users, more) = _book.PageAfter(place, request.WithStates);
        return new WhoNow(users, _book.Count, more is { } last
            ? string.Create(CultureInfo.InvariantCulture, $"{fanout.Epoch:x}-{last:x}")
            : null);
    }

    /// <summary>Does what is due.</summary>
    public void OnDue()
    {
        _book.Settle(clock.GetUtcNow());
        Tell();
    }

    /// <summary>Shows all who want to know how things stand.</summary>
    public void TellAll()
    {
        var view = _book.TellAnew(clock.GetUtcNow());
        if (_listening.Count == 0)
            return;
        var snapshot = new PresenceSnapshot(fanout.NextSequence(), view);
        foreach (var gateway in _listening.Keys)
            fanout.Send(gateway, snapshot);
    }

    /// <summary>Shows how things stand to a gateway that was given up for a while.</summary>
    public void TellAgain(GatewayId gateway)
    {
        if (!_listening.ContainsKey(gateway))
            return;
        var view = _book.View(clock.GetUtcNow());
        Tell();
        fanout.Send(gateway, new PresenceSnapshot(fanout.NextSequence(), view));
    }

    private void Tell()
    {
        foreach (var news in _book.TakeNews())
        {
            if (isSilent() || _listening.Count == 0)
                continue;
            var numbered = news with { Sequence = fanout.NextSequence() };
            foreach (var gateway in _listening.Keys)
                fanout.Send(gateway, numbered);
        }
    }

    /// <summary>The gateways of a user with several sessions have to vouch for the same state.</summary>
    private void Keep(UserId user, PresenceState state)
    {
        if (_book.SessionsOf(user) > 1)
            fanout.SendToAll(new PresenceStateKept(fanout.NextSequence(), user, state));
    }

    private void Set(SessionId session, UserId user, MemberPresence presence)
    {
        var wasListening = _sessions.TryGet(session, out var known) && known.WantsEvents;
        _sessions.Set(session, new(user, presence.WantsEvents, presence.IsQuiet));
        if (presence.WantsEvents && !wasListening)
            _listening[session.Gateway] = _listening.GetValueOrDefault(session.Gateway) + 1;
        else if (!presence.WantsEvents && wasListening)
            Unlisten(session.Gateway);
    }

    private void Unlisten(GatewayId gateway)
    {
        if (--_listening[gateway] == 0)
            _listening.Remove(gateway);
    }

    private bool TryReadPage(string? page, out long place)
    {
        place = 0;
        if (page is null)
            return true;
        var dash = page.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(page.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var epoch)
            && epoch == fanout.Epoch
            && long.TryParse(
                page.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out place)
            && place >= 0;
    }

    private sealed record Participant(UserId User, bool WantsEvents, bool IsQuiet);
}
