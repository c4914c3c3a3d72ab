using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>What publishes with a key of their own were answered, so that a repetition gets the same answer.</summary>
/// <remarks>
/// A key is its publisher's: two users may use the same one. Bounded in number and age; the oldest go first.
/// </remarks>
internal sealed class PublishedKeys(int countMax, TimeSpan ageMax)
{
    private readonly Dictionary<(UserId Publisher, string Key), PublishedKey> _answers = [];
    private readonly Queue<(UserId Publisher, string Key)> _byAge = new();

    public int Count => _answers.Count;

    /// <summary>What the first publish with this key was answered.</summary>
    public PublishedKey? Find(UserId publisher, string key, long nowUnixMs)
    {
        Trim(nowUnixMs);
        return _answers.GetValueOrDefault((publisher, key));
    }

    /// <summary>Keeps the answer to the first publish with a key.</summary>
    public void Add(UserId publisher, string key, PublishedKey answer)
    {
        _answers.Add((publisher, key), answer);
        _byAge.Enqueue((publisher, key));
        while (_answers.Count > countMax)
            _answers.Remove(_byAge.Dequeue());
    }

    /// <summary>Forgets what is older than allowed.</summary>
    public void Trim(long nowUnixMs)
    {
        while (_byAge.TryPeek(out var oldest)
            && nowUnixMs - _answers[oldest].Answer.SentAtUnixMs > ageMax.TotalMilliseconds)
            _answers.Remove(_byAge.Dequeue());
    }
}
