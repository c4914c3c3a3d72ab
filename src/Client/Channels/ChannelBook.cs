namespace ImOrleans.Client;

/// <summary>
/// What the app has in a channel, in the order in which it is to be restored: publisher roles, then followed topics.
/// </summary>
internal sealed class ChannelBook(int feedItemsMax)
{
    private readonly Lock _lock = new();
    // Small lists: at most 8 roles and 50 subscriptions a channel.
    private readonly List<(string Topic, JoinTopicOptions Options)> _roles = [];
    private readonly List<TopicFollow> _follows = [];
    private bool _closed;

    public IReadOnlyList<(string Topic, JoinTopicOptions Options)> Roles
    {
        get
        {
            lock (_lock)
                return [.. _roles];
        }
    }

    public IReadOnlyList<(TopicFollow Follow, IReadOnlyList<string> Users)> Follows
    {
        get
        {
            lock (_lock)
            {
                return [.. _follows.Where(follow => follow.Users.Count > 0)
                    .Select(follow => (follow, (IReadOnlyList<string>)[.. follow.Users]))];
            }
        }
    }

    public void AddRole((string Topic, JoinTopicOptions Options) role)
    {
        lock (_lock)
            _roles.Add(role);
    }

    public void RemoveRole(string topic)
    {
        lock (_lock)
            _roles.RemoveAll(role => role.Topic == topic);
    }

    public Feed<TopicMessage>? FindFeed(string topic)
    {
        lock (_lock)
            return Find(topic)?.Feed;
    }

    /// <summary>A subscription is asked for: messages can come before the answer.</summary>
    public TopicFollow BeginFollow(string topic)
    {
        lock (_lock)
        {
            if (Find(topic) is not { } follow)
            {
                follow = new(topic, feedItemsMax);
                if (_closed)
                    follow.Feed.Complete();
                else
                    _follows.Add(follow);
            }

            follow.Pending++;
            return follow;
        }
    }

    /// <summary>The subscription was answered; those who are followed now and were not before.</summary>
    public IReadOnlyList<string> EndFollow(TopicFollow follow, IReadOnlyList<string> succeeded)
    {
        lock (_lock)
        {
            follow.Pending--;
            var added = follow.Add(succeeded);
            RemoveIdle(follow, null);
            return added;
        }
    }

    /// <summary>Some publishers of a topic are not followed any more; all when nobody is named.</summary>
    public void Unfollow(string topic, IReadOnlyCollection<string> users, RtmException? why = null)
    {
        lock (_lock)
        {
            if (Find(topic) is not { } follow)
                return;
            follow.Remove(users);
            RemoveIdle(follow, why);
        }
    }

    /// <summary>The channel has ended: nothing is restored, and all feeds end.</summary>
    public void Close(RtmException? why)
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var follow in _follows)
                follow.Feed.Complete(why);
            _follows.Clear();
            _roles.Clear();
        }
    }

    private TopicFollow? Find(string topic) => _follows.Find(follow => follow.Topic == topic);

    private void RemoveIdle(TopicFollow follow, RtmException? why)
    {
        if (!follow.IsIdle)
            return;
        _follows.Remove(follow);
        follow.Feed.Complete(why);
    }
}
