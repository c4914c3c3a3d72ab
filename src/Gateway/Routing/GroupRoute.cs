using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Gateway.Routing;

/// <summary>The local sessions of the members of one group or discussion.</summary>
/// <remarks>
/// Which sessions they are the grain is not told, only whether there are any. What a session is told of a push its inbox
/// decides, by numbers: so one that comes or goes while a push is on its way loses nothing, and gets nothing twice.
/// </remarks>
internal sealed class GroupRoute(ConversationKey group, IGroupGrain grain, ConversationPosts conversations) : Route(group.Value)
{
    private readonly Dictionary<UserId, HashSet<Session>> _users = [];

    /// <summary>Those who came while the grain may not have known that there is anybody here.</summary>
    private readonly HashSet<Session> _newcomers = [];

    private Session[]? _all = [];

    /// <summary>What the last registration said; false before the first.</summary>
    private bool _isWanted;

    protected override bool IsEmpty => _users.Count == 0;

    /// <summary>Adds a session; a grain that may not know of any is told. Under the gate.</summary>
    public void Add(Session session)
    {
        if (!_users.TryGetValue(session.User, out var sessions))
            _users.Add(session.User, sessions = []);
        if (!sessions.Add(session))
            return;
        _all = null;
        if (_isWanted && IsRegistered)
            return;
        _newcomers.Add(session);
        if (!_isWanted)
            Invalidate();
    }

    /// <summary>Takes a session out; when it was the last one, the grain is told. Under the gate.</summary>
    public void Remove(Session session)
    {
        _newcomers.Remove(session);
        if (!_users.TryGetValue(session.User, out var sessions) || !sessions.Remove(session))
            return;
        _all = null;
        if (sessions.Count == 0)
            _users.Remove(session.User);
        if (IsEmpty)
            Invalidate();
    }

    public override Task<Outcome<RouteStamp>> RegisterAsync(RouteUpdate update)
    {
        _isWanted = !IsEmpty;
        return grain.RegisterAsync(new GroupRegistration(update, _isWanted));
    }

    public override Task<bool> CheckAsync(RouteCheck check) => grain.CheckAsync(check);

    public override long Digest() => GroupRegistration.DigestOf(!IsEmpty);

    protected override int Audience => All.Length;

    protected override int Dispatch(DeliveryItem item, FanOut fanOut)
    {
        switch (item)
        {
            case ConversationPush push:
                return conversations.Dispatch(push, All, fanOut);
            case GroupOpened:
                var disturbed = All;
                ConversationPosts.Disturb(disturbed, fanOut);
                return disturbed.Length;
            case ConversationStatus status:
                return StatusPosts.Post(status, All, fanOut);
            case GroupMembersLeft left:
                var gone = left.Users.IsEmpty ? All : [.. left.Users.SelectMany(SessionsOf)];
                foreach (var session in gone)
                {
                    session.Inbox.LeaveGroup(group);
                    Remove(session);
                }

                // They may have come again since: the news of that is quicker at times, and found them here.
                if (!left.Users.IsEmpty)
                    ConversationPosts.Disturb(gone, fanOut, groups: true);
                return gone.Length;
            default:
                return 0;
        }
    }

    protected override void OnEpochChanged() => OnLost();

    protected override void OnLost() => Disturb(All);

    /// <remarks>Another registration may be due, since this one said that there is nobody.</remarks>
    protected override void OnRegistered()
    {
        if (NeedsRegistration)
            return;
        Disturb([.. _newcomers]);
        _newcomers.Clear();
    }

    private Session[] All => _all ??= [.. _users.Values.SelectMany(sessions => sessions)];

    private IEnumerable<Session> SessionsOf(UserId user) =>
        _users.TryGetValue(user, out var sessions) ? sessions : Enumerable.Empty<Session>();

    private void Disturb(Session[] sessions)
    {
        var fanOut = new FanOut();
        ConversationPosts.Disturb(sessions, fanOut);
        Enqueue(fanOut);
    }
}
