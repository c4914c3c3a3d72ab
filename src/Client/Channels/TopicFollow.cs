namespace ImOrleans.Client;

/// <summary>Whom the app follows in a topic, in the order in which they were added, and the topic's feed.</summary>
internal sealed class TopicFollow(string topic, int feedItemsMax)
{
    private readonly List<string> _users = [];

    public string Topic { get; } = topic;

    public Feed<TopicMessage> Feed { get; } = new(feedItemsMax);

    public IReadOnlyList<string> Users => _users;

    /// <summary>Subscriptions that are not answered yet.</summary>
    public int Pending { get; set; }

    public bool IsIdle => _users.Count == 0 && Pending == 0;

    /// <summary>Adds; those who were not there before.</summary>
    public IReadOnlyList<string> Add(IReadOnlyList<string> users)
    {
        var added = users.Where(user => !_users.Contains(user)).ToList();
        _users.AddRange(added);
        return added;
    }

    /// <summary>Removes; everybody when nobody is named.</summary>
    public void Remove(IReadOnlyCollection<string> users)
    {
        if (users.Count == 0)
            _users.Clear();
        else
            _users.RemoveAll(users.Contains);
    }
}
