namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>The ids of messages that were sent over HTTP lately, so that one is not sent again. Safe for concurrent use.</summary>
/// <param name="countMax">How many are remembered; the oldest is forgotten for one more.</param>
/// <param name="ageMax">For how long.</param>
/// <param name="clock">The clock.</param>
internal sealed class ImSubmissions(int countMax, TimeSpan ageMax, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Submission>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<Submission> _byAge = new();

    /// <summary>True when the id was not seen; it is then.</summary>
    public bool TryBegin(string id)
    {
        lock (_gate)
        {
            while (_byAge.First is { } oldest
                && (clock.GetElapsedTime(oldest.Value.At) >= ageMax || _byAge.Count > countMax))
                Remove(oldest);
            if (_known.ContainsKey(id))
                return false;
            if (_byAge.Count == countMax)
                Remove(_byAge.First!);
            _known[id] = _byAge.AddLast(new Submission(id, clock.GetTimestamp()));
            return true;
        }
    }

    /// <summary>It was not sent: it may come again.</summary>
    public void Forget(string id)
    {
        lock (_gate)
            if (_known.TryGetValue(id, out var known))
                Remove(known);
    }

    private void Remove(LinkedListNode<Submission> submission)
    {
        _known.Remove(submission.Value.Id);
        _byAge.Remove(submission);
    }

    private readonly record struct Submission(string Id, long At);
}
