using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// One visit's view of one message channel, as its client puts it together: what came as events, and what answers brought,
/// in one line.
/// </summary>
internal sealed class ChannelView(SimulatedWorld world, Visit visit, string channel)
{
    private readonly HashSet<MessagePosition> _events = [];
    private readonly Dictionary<Visit, int> _last = [];
    private readonly SortedSet<string> _there = new(StringComparer.Ordinal);
    private List<(MessagePosition Place, ChannelPublication Message)>? _held;
    private bool _wasAsked;
    private long? _endedAt;
    private MessagePosition? _from;

    /// <summary>True when messages must come.</summary>
    public bool IsListening { get; private set; }

    /// <summary>The place of the last message in the line, or of the channel when the line begins.</summary>
    public MessagePosition? Last { get; private set; }

    /// <summary>The messages in the line.</summary>
    public HashSet<ChannelPublication> Line { get; } = [];

    /// <summary>How many messages are known to be missing in the line.</summary>
    public int Gaps { get; private set; }

    /// <summary>True when it must be told who is there.</summary>
    public bool WantsPresence { get; private set; }

    /// <summary>Who is there, as it was told.</summary>
    public string There => string.Join(',', _there);

    /// <summary>A subscription begins.</summary>
    public void Begin(MessagePosition? since)
    {
        (_wasAsked, _endedAt) = (true, null);
        if (since is not null || !IsListening)
            _held = [];
    }

    /// <summary>A subscription was refused: all is as it was.</summary>
    public void Refuse()
    {
        if (!IsListening)
            _endedAt = world.NextMoment();
        PutHeld();
    }

    /// <summary>A subscription was answered.</summary>
    public void Answer(MessagePosition? since, ChannelFeeds feeds, ChannelSubscribed subscribed)
    {
        WantsPresence = feeds.HasFlag(ChannelFeeds.Presence);
        var wants = feeds.HasFlag(ChannelFeeds.Messages);
        if (!wants || since is null)
        {
            if (subscribed.IsRecovered is not null || !subscribed.Missed.IsEmpty)
                Violate($"was given messages that it had not asked for");
        }
        else
        {
            CheckMissed(since.Value, subscribed);
        }

        if (!wants)
        {
            (IsListening, _endedAt) = (false, world.NextMoment());
            PutHeld();
            return;
        }

        if (_held is not null)
        {
            if (subscribed.IsRecovered != true)
                Last = subscribed.Position;
            _from = subscribed.Position;
            foreach (var message in subscribed.Missed)
                if (world.ChannelLog.Arrive(visit, channel, PlaceOf(subscribed, message), message) is { } publication)
                    PutNew(PlaceOf(subscribed, message), publication);
            Last = subscribed.Position;
            PutHeld();
        }

        IsListening = true;
    }

    /// <summary>The end of a subscription was confirmed: what is published from now on must not come.</summary>
    public void End() => (IsListening, WantsPresence, _endedAt) = (false, false, _endedAt ?? world.NextMoment());

    /// <summary>It is told who is there, or who came or went.</summary>
    public void Take(PresenceEvent told)
    {
        switch (told)
        {
            case PresenceSnapshotEvent snapshot:
                _there.Clear();
                _there.UnionWith(snapshot.View.Users.Select(present => present.User.Value));
                world.Journal.Note($"{visit.Name} is told who is in {channel}: {There}");
                break;
            case PresenceChangeEvent { Change: { Kind: not PresenceChangeKind.StateChanged } change }:
                world.Journal.Note($"{visit.Name} is told of {change.User} in {channel}: {change.Kind}");
                if (change.Kind == PresenceChangeKind.Joined ? !_there.Add(change.User.Value) : !_there.Remove(change.User.Value))
                    world.Journal.Note($"{visit.Name} knew that");
                break;
        }
    }

    /// <summary>A message came as an event.</summary>
    public void Take(ChannelMessageEvent message)
    {
        world.ChannelLog.Deliveries++;
        var place = message.Position;
        if (world.ChannelLog.Arrive(visit, channel, place, message.Message) is not { } publication)
            return;
        if (!_wasAsked)
            Violate($"got {publication.Text} without a subscription");

        // A gateway that is cut off, and does not know it, gives back what its part of the cluster knew before.
        if (_endedAt < publication.BegunAt && visit.IsRecovered)
        {
            world.Journal.Note($"{visit.Name} got {publication.Text} of a channel that it had left");
            return;
        }

        if (_endedAt < publication.BegunAt)
            Violate($"got {publication.Text}, which was published after its subscription had ended");
        if (!_events.Add(place))
            Violate($"got {publication.Text} twice");
        if (_held is not null)
        {
            _held.Add((place, publication));
            return;
        }

        if (_from is { } from && from.Epoch == place.Epoch && place.Offset <= from.Offset)
            Violate($"got {publication.Text}, which is from before its subscription");
        Put(place, publication);
    }

    private static MessagePosition PlaceOf(ChannelSubscribed subscribed, ChannelMessage message) =>
        new(subscribed.Position.Epoch, message.Offset);

    /// <summary>All or nothing, and all exactly when it is still there.</summary>
    private void CheckMissed(MessagePosition since, ChannelSubscribed subscribed)
    {
        var position = subscribed.Position;
        var isThere = since.Epoch == position.Epoch
            && since.Offset >= 0 && position.Offset - since.Offset is >= 0 and <= SimulatedWorld.RecentMessagesMax;
        if (subscribed.IsRecovered != isThere)
            Violate($"was told recovered {subscribed.IsRecovered} since {since} at {position}");
        var (first, count) = isThere ? (since.Offset + 1, position.Offset - since.Offset) : (0, 0);
        if (subscribed.Missed.Length != count
            || subscribed.Missed.Where((message, i) => message.Offset != first + i).Any())
            Violate($"got {subscribed.Missed.Length} of {count} messages since {since}");
        var (recovered, lost) = world.ChannelLog.Replays;
        world.ChannelLog.Replays = isThere && count > 0 ? (recovered + 1, lost) : isThere ? (recovered, lost) : (recovered, lost + 1);
    }

    private void PutHeld()
    {
        var held = _held ?? [];
        _held = null;
        foreach (var (place, message) in held)
            PutNew(place, message);
    }

    /// <summary>Puts what is not in the line already.</summary>
    private void PutNew(MessagePosition place, ChannelPublication message)
    {
        if (Last is not { } last || last.Epoch != place.Epoch || place.Offset > last.Offset)
            Put(place, message);
    }

    private void Put(MessagePosition place, ChannelPublication message)
    {
        if (Last is { } last && last.Epoch == place.Epoch)
        {
            if (place.Offset <= last.Offset)
                Violate($"got {message.Text} at {place.Offset} after {last.Offset}: out of order");
            else if (place.Offset > last.Offset + 1)
                Gaps++;
        }
        else if (Last is not null)
        {
            Gaps++;
        }

        if (_last.TryGetValue(message.By, out var number) && message.Last < number)
            Violate($"got {message.Text} after {number}: out of order");
        _last[message.By] = Math.Max(number, message.First);
        Last = place;
        Line.Add(message);
    }

    private void Violate(FormattableString what) =>
        world.Journal.Violate($"{visit.Name} {FormattableString.Invariant(what)}");
}
