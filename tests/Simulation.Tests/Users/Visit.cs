using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Rooms;

namespace ImOrleans.Simulation.Tests;

/// <summary>One login of a user, as its client knows it: what it was told, and what it may be told.</summary>
internal sealed class Visit(SimulatedUser user, int number, SimulatedNode node, SimulatedConnection connection)
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<(Visit, string), int> _last = [];
    private readonly Dictionary<(string Topic, string Publisher), Wish> _wishes = [];
    private readonly Dictionary<string, ChannelView> _views = [];
    private readonly SortedDictionary<string, SortedSet<string>> _seen = new(StringComparer.Ordinal);
    private KeeperVisit? _keeping;

    public SimulatedUser User { get; } = user;

    public string Name { get; } = $"{user.Name}.{number}";

    public SimulatedNode Node { get; private set; } = node;

    public SimulatedConnection Connection { get; private set; } = connection;

    /// <summary>How many events of the session have come.</summary>
    public long Received { get; set; }

    /// <summary>True once its gateway was lost, and another has put its session together from what it could find.</summary>
    public bool IsRecovered { get; set; }

    /// <summary>It goes on over another connection.</summary>
    public void GoOn(SimulatedNode at, SimulatedConnection over, Session session) =>
        (Node, Connection, Session) = (at, over, session);

    public Session? Session { get; set; }

    public bool IsJoined { get; set; }

    /// <summary>True when an answer was lost that would have told what the session has.</summary>
    public bool IsUnsure { get; set; }

    /// <summary>The topics in which it publishes, as it was told.</summary>
    public SortedSet<string> Published { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of the next message in a topic.</summary>
    public int NextNumber(string topic)
    {
        _numbers.TryGetValue(topic, out var last);
        return _numbers[topic] = last + 1;
    }

    /// <summary>The number of the message of the same publisher that came before; null when it is the first.</summary>
    public int? LastFrom(Publication publication)
    {
        var key = (publication.By, publication.Topic);
        int? last = _last.TryGetValue(key, out var known) ? known : null;
        _last[key] = Math.Max(last ?? 0, publication.Number);
        return last;
    }

    /// <summary>A subscription begins: messages may come from now on.</summary>
    public void Ask(string topic, string publisher)
    {
        var wish = _wishes.TryGetValue((topic, publisher), out var known) ? known : _wishes[(topic, publisher)] = new();
        wish.EndedAt = null;
    }

    /// <summary>A subscription was confirmed: messages must come.</summary>
    public void Confirm(string topic, string publisher) => _wishes[(topic, publisher)].IsConfirmed = true;

    /// <summary>The end of a subscription was confirmed: what is published from now on must not come.</summary>
    public void End(string topic, string? publisher, long moment)
    {
        foreach (var ((wishedTopic, wishedPublisher), wish) in _wishes)
            if (wishedTopic == topic && (publisher is null || wishedPublisher == publisher))
                (wish.IsConfirmed, wish.EndedAt) = (false, wish.EndedAt ?? moment);
    }

    public bool Follows(string topic, string publisher) =>
        _wishes.TryGetValue((topic, publisher), out var wish) && wish.IsConfirmed;

    /// <summary>Whom it follows, as it was told.</summary>
    public IReadOnlyList<string> Followed(string topic) =>
        [.. from wish in _wishes
            where wish.Key.Topic == topic && wish.Value.IsConfirmed
            orderby wish.Key.Publisher
            select wish.Key.Publisher];

    /// <summary>Why a message should not have come; null when it may.</summary>
    public string? WhyNotWanted(Publication publication)
    {
        if (!_wishes.TryGetValue((publication.Topic, publication.By.User.Name), out var wish))
            return "whose publisher it never followed";

        // A gateway that is cut off, and does not know it, gives back what its part of the cluster knew before.
        return wish.EndedAt < publication.BegunAt && !IsRecovered
            ? "which was published after it had ceased to follow"
            : null;
    }

    /// <summary>What it makes of a message channel.</summary>
    public ChannelView In(SimulatedWorld world, string channel) =>
        _views.TryGetValue(channel, out var view) ? view : _views[channel] = new(world, this, channel);

    /// <summary>What it makes of metadata and locks.</summary>
    public KeeperVisit Keeping(SimulatedWorld world) => _keeping ??= new(world, this);

    public void See(TopicSnapshotEvent snapshot)
    {
        _seen.Clear();
        foreach (var topic in snapshot.Topics)
            _seen[topic.Topic.Value] = new(topic.Users.Select(user => user.Value), StringComparer.Ordinal);
    }

    public void See(TopicEvent change)
    {
        if (!_seen.TryGetValue(change.Topic.Value, out var publishers))
            _seen[change.Topic.Value] = publishers = new(StringComparer.Ordinal);
        if (change.IsJoin)
            publishers.Add(change.User.Value);
        else
            publishers.Remove(change.User.Value);
    }

    /// <summary>Who publishes in a topic, as the client was told.</summary>
    public string SeenPublishers(string topic) => _seen.TryGetValue(topic, out var users) ? string.Join(',', users) : "";

    private sealed class Wish
    {
        public bool IsConfirmed { get; set; }

        public long? EndedAt { get; set; }
    }
}
