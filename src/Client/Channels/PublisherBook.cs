namespace ImOrleans.Client;

/// <summary>Who publishes where in a channel, as snapshots and events tell it.</summary>
internal sealed class PublisherBook
{
    private readonly Lock _lock = new();
    private Dictionary<string, IReadOnlyList<string>> _topics = [];
    private bool _hasSnapshot;

    /// <summary>What is known now; the object that is returned never changes.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Topics
    {
        get
        {
            lock (_lock)
                return _topics;
        }
    }

    public void Replace(Dictionary<string, IReadOnlyList<string>> topics)
    {
        lock (_lock)
            (_topics, _hasSnapshot) = (topics, true);
    }

    /// <summary>Takes what a join was answered, unless its snapshot came first.</summary>
    public void Begin(Dictionary<string, IReadOnlyList<string>> topics)
    {
        lock (_lock)
        {
            if (!_hasSnapshot)
                _topics = topics;
        }
    }

    /// <summary>False when it is known already.</summary>
    public bool Join(string topic, string user)
    {
        lock (_lock)
        {
            var publishers = _topics.GetValueOrDefault(topic, []);
            if (publishers.Contains(user))
                return false;
            _topics = new(_topics) { [topic] = [.. publishers, user] };
            return true;
        }
    }

    /// <summary>False when it was not known.</summary>
    public bool Leave(string topic, string user)
    {
        lock (_lock)
        {
            if (!_topics.TryGetValue(topic, out var publishers) || !publishers.Contains(user))
                return false;
            var topics = new Dictionary<string, IReadOnlyList<string>>(_topics);
            if (publishers.Count == 1)
                topics.Remove(topic);
            else
                topics[topic] = [.. publishers.Where(other => other != user)];
            _topics = topics;
            return true;
        }
    }
}
