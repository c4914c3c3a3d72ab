namespace ImOrleans.Client;

/// <summary>
/// The tokens of pushed batches that are to be acknowledged: of each conversation the newest, which stands for all
/// before it. Not safe for several threads.
/// </summary>
internal sealed class TokenQueue
{
    private readonly Dictionary<(ConversationType Type, string TargetId), string> _tokens = [];
    private readonly Queue<(ConversationType Type, string TargetId)> _order = [];

    public int Count => _tokens.Count;

    public void Add((ConversationType Type, string TargetId) key, string token)
    {
        if (!_tokens.ContainsKey(key))
            _order.Enqueue(key);
        _tokens[key] = token;
    }

    public string? Take() => _order.TryDequeue(out var key) && _tokens.Remove(key, out var token) ? token : null;

    public void Clear()
    {
        _tokens.Clear();
        _order.Clear();
    }
}
