using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Simulation.Tests;

/// <summary>A person with a client: does what comes to mind, and comes back when thrown out.</summary>
internal sealed class SimulatedUser(SimulatedWorld world, string name, string device = "device")
{
    /// <summary>Every call is answered in this time (feature row R12).</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    /// <summary>A call that takes no longer has reached all whom it concerns.</summary>
    private static readonly TimeSpan ReachesWithin = TimeSpan.FromSeconds(2);

    /// <summary>How long a session is kept for a client that has lost its connection.</summary>
    public static readonly TimeSpan PresenceTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How many publishers a subscriber follows in a topic (feature row R27).</summary>
    private const int FollowedMax = 64;

    private static readonly ChannelName Channel = new(SimulatedWorld.Channel);

    private int _visits;
    private Visit? _lost;
    private Visit? _next;

    public string Name => name;

    public string Device => device;

    /// <summary>The login that lasts; null when there is none.</summary>
    public Visit? Now { get; private set; }

    /// <summary>Does this and that until the storm is over.</summary>
    public async Task LiveAsync()
    {
        var publishing = new List<Task>();
        while (world.IsStormy)
        {
            await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(600)), world.Clock);
            if (Now is not { IsJoined: true, Connection.IsOpen: true } visit)
            {
                await ComeBackAsync();
                continue;
            }

            var topic = Any(SimulatedWorld.Topics);
            switch (world.Random.Next(12))
            {
                case 0:
                    await JoinTopicAsync(visit, topic);
                    break;
                case 1:
                    await LeaveTopicAsync(visit, topic);
                    break;
                case 2 or 3:
                    await SubscribeAsync(visit, topic, Somebody());
                    break;
                case 4:
                    await UnsubscribeAsync(visit, topic, world.IsMostly(0.7) ? Somebody() : []);
                    break;
                case 5 when !world.IsMostly(0.8):
                    await LeaveAsync(visit);
                    break;
                case 6 when !world.IsMostly(0.8):
                    await LoseAsync(visit.Connection);
                    break;
                default:
                    for (var i = world.Random.Next(1, 5); i > 0; i--)
                        publishing.Add(PublishAsync(visit, topic));
                    break;
            }
        }

        foreach (var publish in publishing)
            await publish;
    }

    /// <summary>Sees to it that the user is there, publishes and follows, now that everything works.</summary>
    public async Task StandAsync()
    {
        if (Now?.Connection.IsOpen != true || Now?.IsJoined != true)
            await InsistAsync("come back", async () =>
            {
                await ComeBackAsync();
                return Now is { IsJoined: true };
            });
        if (Now is not { } visit)
            return;
        foreach (var topic in SimulatedWorld.Topics)
        {
            if (visit.Published.Count == 0)
                await InsistAsync("join a topic", () => JoinTopicAsync(visit, topic));
            await InsistAsync("subscribe", async () =>
            {
                if (await SubscribeAsync(visit, topic, Somebody()))
                    return true;

                // It may follow as many as it can, most of whom do not exist.
                await UnsubscribeAsync(visit, topic, []);
                return false;
            });
        }
    }

    /// <summary>Tries to get in as one more member.</summary>
    public async Task<bool> TryEnterAsync()
    {
        await ConnectAsync();
        return Now is not null && await JoinAsync(Now);
    }

    public async Task<Publication> PublishAsync(Visit visit, string topic)
    {
        var publication = world.Publications.Begin(visit, topic);
        world.Journal.Note($"{visit.Name} publishes {publication.Text}");
        var outcome = await visit.Node.Topics.PublishAsync(
            visit.Session!, Channel, new(topic), new(MessageType.String, Encoding.UTF8.GetBytes(publication.Text)), null);
        world.Publications.End(publication, outcome switch
        {
            { IsAccepted: true } => Publication.Outcome.Accepted,
            { Refusal.Code: ErrorCode.ChannelPublishMessageTimeout } => Publication.Outcome.Unknown,
            _ => Publication.Outcome.Refused,
        });
        world.Journal.Note($"{publication.Text} is answered: {publication.Answer}");
        return publication;
    }

    /// <summary>Whom the server says that the user follows.</summary>
    public static async Task<string> FollowedAsync(Visit visit, string topic)
    {
        var outcome = await visit.Node.Topics.GetSubscribedUsersAsync(visit.Session!, Channel, new(topic));
        return outcome.IsAccepted
            ? string.Join(',', outcome.Value.Users.Select(user => user.Value).Order(StringComparer.Ordinal))
            : $"{outcome.Refusal.Code}";
    }

    /// <summary>The client is told something.</summary>
    public void OnEvent(SimulatedConnection connection, SessionEvent sessionEvent)
    {
        if (sessionEvent is ConnectionEvent { IsCounted: false } greeting)
        {
            // Whose connection it is comes first of all.
            connection.Visit = greeting.IsResumed ? _lost : _next;
            world.Resumed += greeting.IsResumed ? 1 : 0;
            if (greeting is { IsLossy: true } && connection.Visit is { } recovered)
            {
                world.ResumedFromLost++;
                recovered.IsRecovered = true;
            }

            return;
        }

        if (connection.Visit is not { } visit)
            return;
        visit.Received += sessionEvent.Count;
        switch (sessionEvent)
        {
            case TopicMessagesEvent messages:
                foreach (var message in messages.Messages)
                    world.Publications.Arrive(visit, messages, message);
                break;
            case TopicSnapshotEvent snapshot:
                world.Journal.Note($"{visit.Name} is told all publishers");
                visit.See(snapshot);
                break;
            case TopicPublisherEvent publisher:
                world.Journal.Note($"{visit.Name} is told of {publisher.TopicEvent.User}: {publisher.TopicEvent.IsJoin}");
                visit.See(publisher.TopicEvent);
                break;
            case ChannelMessageEvent message:
                visit.In(world, message.Channel.Value).Take(message);
                break;
            case PresenceEvent { Type: ChannelType.Message } told:
                visit.In(world, told.Channel.Value).Take(told);
                break;
            case SharedDataEvent told:
                visit.Keeping(world).Take(told);
                break;
            case ConversationMessagesEvent pushed:
                world.Chatting!.Of(this).Take(visit, pushed);
                break;
            case ConversationNoticeEvent:
                world.Chatting!.Of(this).WantPull();
                break;
            case ConnectionEvent { Dropped: > 0 }:
                world.Journal.Violate($"{visit.Name} lost messages though nobody is slow enough for that");
                break;
        }
    }

    public override string ToString() => name;

    private async Task ComeBackAsync()
    {
        if (Now?.Connection.IsOpen != true)
            await ConnectAsync();
        if (Now is { IsJoined: false } visit)
            await JoinAsync(visit);
    }

    /// <summary>The network breaks: what is on its way is lost, and both sides notice after a while.</summary>
    public async Task LoseAsync(SimulatedConnection connection)
    {
        connection.IsDeaf = world.IsMostly(0.5);
        await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)), world.Clock);
        if (world.IsMostly(0.5))
        {
            connection.Close(DisconnectCode.None);
            return;
        }

        // The client has noticed first, and does not read what still comes.
        connection.IsDeaf = true;
        await ConnectAsync();
    }

    /// <summary>Signs in somewhere; <see cref="Now"/> tells whether that went well.</summary>
    /// <param name="isAnew">True for a client that does not come back to the session that it had.</param>
    public async Task ConnectAsync(bool isAnew = false)
    {
        // A client that is slow to come back has nothing to come back to.
        (_lost, Now) = (Now ?? _lost, null);
        if (world.PickNode() is not { } node)
            return;
        var connection = node.Connect(this);
        _next = new(this, ++_visits, node, connection);
        var wishes = new ConnectWishes
        {
            IsResumable = true,
            PresenceTimeout = PresenceTimeout,
            Previous = isAnew || _lost?.IsUnsure == true ? null : _lost?.Session?.Key,
            Received = _lost?.Received ?? 0,
        };
        var outcome = await InTimeAsync($"{_next.Name} connects to {node}", () => node.Lifecycle.ConnectAsync(
            new(name), new(device), new("token", world.Clock.GetUtcNow() + TimeSpan.FromDays(1)), connection, wishes),
            wishes.Previous is null ? AnswerWithin : 2 * AnswerWithin);
        if (!outcome.IsAccepted)
        {
            node.Forget(connection);
            return;
        }

        connection.Session = outcome.Value;
        if (connection.Visit is { } visit)
        {
            visit.GoOn(node, connection, outcome.Value);
            _lost = visit;
            if (connection.IsOpen)
            {
                world.Journal.Note($"{visit.Name} is at {node}");
                Now = visit;
                return;
            }
        }

        if (node.IsOpen)
            await node.Lifecycle.LoseAsync(outcome.Value, connection);
    }

    private async Task<bool> JoinAsync(Visit visit)
    {
        var outcome = await InTimeAsync(
            $"{visit.Name} joins", () => visit.Node.Channels.JoinAsync(visit.Session!, Channel, null), of: visit);
        return visit.IsJoined = outcome.IsAccepted;
    }

    private async Task LeaveAsync(Visit visit)
    {
        var outcome = await InTimeAsync($"{visit.Name} leaves", () => visit.Node.Channels.LeaveAsync(visit.Session!, Channel), of: visit);
        if (!outcome.IsAccepted)
            return;
        visit.IsJoined = false;
        visit.Published.Clear();
        foreach (var topic in SimulatedWorld.Topics)
            visit.End(topic, null, world.NextMoment());
    }

    private async Task<bool> JoinTopicAsync(Visit visit, string topic)
    {
        var outcome = await InTimeAsync($"{visit.Name} joins {topic}", () => visit.Node.Topics.JoinAsync(
            visit.Session!, Channel, new(topic), new(TopicQos.Ordered, MessagePriority.Normal, null)), of: visit);
        if (outcome.IsAccepted)
            visit.Published.Add(topic);
        return outcome.IsAccepted;
    }

    private async Task LeaveTopicAsync(Visit visit, string topic)
    {
        var outcome = await InTimeAsync(
            $"{visit.Name} leaves {topic}", () => visit.Node.Topics.LeaveAsync(visit.Session!, Channel, new(topic)), of: visit);
        if (outcome.IsAccepted)
            visit.Published.Remove(topic);
    }

    private async Task<bool> SubscribeAsync(Visit visit, string topic, string[] users)
    {
        foreach (var user in users)
            visit.Ask(topic, user);
        var outcome = await InTimeAsync(
            $"{visit.Name} follows {string.Join(',', users)} in {topic}",
            () => visit.Node.Topics.SubscribeAsync(
                visit.Session!, Channel, new(topic), [.. users.Select(user => new UserId(user))]), of: visit);
        if (!outcome.IsAccepted)
            return false;
        foreach (var user in outcome.Value.Succeeded)
            visit.Confirm(topic, user.Value);
        if (visit.Followed(topic).Count > FollowedMax)
            world.Journal.Violate($"{visit.Name} follows {visit.Followed(topic).Count} in {topic}");
        return true;
    }

    private async Task UnsubscribeAsync(Visit visit, string topic, string[] users)
    {
        var outcome = await InTimeAsync(
            $"{visit.Name} ceases to follow {string.Join(',', users)} in {topic}",
            () => visit.Node.Topics.UnsubscribeAsync(
                visit.Session!, Channel, new(topic), [.. users.Select(user => new UserId(user))]), of: visit);
        if (!outcome.IsAccepted)
            return;
        if (users.Length == 0)
            visit.End(topic, null, world.NextMoment());
        foreach (var user in users)
            visit.End(topic, user, world.NextMoment());
    }

    /// <summary>A few users, sometimes with a crowd of others who may exist some day.</summary>
    private string[] Somebody()
    {
        var users = world.Users.Where(_ => world.IsMostly(0.6)).Select(user => user.Name);
        return world.IsMostly(0.9)
            ? [.. users.DefaultIfEmpty(Any(world.Users).Name)]
            : [.. Enumerable.Range(world.Random.Next(40), 30).Select(i => $"nobody{i}"), .. users];
    }

    /// <summary>Does what has to work after the last fault.</summary>
    public async Task InsistAsync(string what, Func<Task<bool>> act)
    {
        for (var tries = 0; tries < 3; tries++)
        {
            if (await act())
                return;
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        }

        world.Journal.Violate($"{name} could not {what} after the last fault");
    }

    /// <summary>Makes a call that has to be answered in time.</summary>
    /// <param name="what">What it does.</param>
    /// <param name="call">The call.</param>
    /// <param name="within">The time; null: as for any call.</param>
    /// <param name="of">Whose session it changes; null: nobody's.</param>
    public async Task<Outcome<T>> InTimeAsync<T>(
        FormattableString what, Func<Task<Outcome<T>>> call, TimeSpan? within = null, Visit? of = null)
    {
        world.Journal.Note(what);
        var begunAt = world.Clock.GetTimestamp();
        var outcome = await call();
        var took = world.Clock.GetElapsedTime(begunAt);
        world.Journal.Note($"{what}: {outcome.Refusal?.Code.ToString() ?? "done"}");
        if (took > (within ?? AnswerWithin))
            world.Journal.Violate($"{what}: answered after {took}");

        // A machine that is gone answers nobody: the client does not know what its session has. Nor does it after a call that
        // may not have reached all parts of the server, should the machine go before it has (PROTOCOL.md, section 6.1).
        if (of is not null
            && (of.Node.IsKilled || took >= ReachesWithin || outcome.Refusal?.Code == ErrorCode.ChannelNotAvailable))
            of.IsUnsure = true;
        return outcome;
    }

    private T Any<T>(IReadOnlyList<T> of) => of[world.Random.Next(of.Count)];
}
