namespace ImOrleans.Gateway.ServerApi;

/// <summary>Nonces that were used, until their calls are too old to come again. Safe for several threads.</summary>
internal sealed class NonceMemory(int countMax)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _byEnd = new();

    /// <summary>Notes a nonce; says so when it was used before, or when there is no room for it.</summary>
    /// <param name="nonce">The nonce.</param>
    /// <param name="until">From when on its call would be too old.</param>
    /// <param name="now">The time.</param>
    public NonceUse TryUse(string nonce, DateTimeOffset until, DateTimeOffset now)
    {
        lock (_gate)
        {
            while (_byEnd.TryPeek(out var oldest, out var end) && end < now)
            {
                _used.Remove(oldest);
                _byEnd.Dequeue();
            }

            if (_used.Contains(nonce))
                return NonceUse.Again;
            if (_used.Count == countMax)
                return NonceUse.NoRoom;
            _used.Add(nonce);
            _byEnd.Enqueue(nonce, until);
            return NonceUse.First;
        }
    }
}
