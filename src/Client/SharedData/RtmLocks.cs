using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>Locks of channels. No channel need be joined for them.</summary>
/// <remarks>
/// <b>Guarantee:</b> a lock has one owner at a time, and every grant a greater fencing token, whatever the server went
/// through. A lock belongs to the user: its other clients acquire it as well. Its time to live runs only while all of the
/// owner's connections are gone.
/// <b>Errors:</b> 10008, 10021; 14001 and 14009: try again; 14005: no name of a lock; 14008: no such lock; 14002: unknown
/// outcome.
/// </remarks>
public sealed class RtmLocks
{
    private readonly ChannelRegistry _registry;
    private readonly Lock _lock = new();
    private readonly Dictionary<LockKey, HeldLock> _held = [];
    private readonly Dictionary<LockKey, Acquiring> _acquiring = [];

    internal RtmLocks(ChannelRegistry registry) => _registry = registry;

    /// <summary>Makes a lock.</summary>
    /// <param name="channel">The channel; at most 32 locks.</param>
    /// <param name="type">The channel's type.</param>
    /// <param name="name">1 to 64 bytes of UTF-8.</param>
    /// <param name="ttl">How long it outlives its owner's going away; taken into 10 s to 5 min.</param>
    /// <param name="cancellationToken">Stops waiting; the lock may be made all the same.</param>
    /// <exception cref="RtmException">14004: there is one of that name.</exception>
    public Task SetAsync(
        string channel, ChannelType type, string name, TimeSpan ttl, CancellationToken cancellationToken = default) =>
        CallAsync("SetLock", new(type, channel, name), new() { ["ttl"] = (long)ttl.TotalSeconds }, cancellationToken);

    /// <summary>Removes a lock, whoever has it or waits for it.</summary>
    public Task RemoveAsync(string channel, ChannelType type, string name, CancellationToken cancellationToken = default) =>
        CallAsync("RemoveLock", new(type, channel, name), [], cancellationToken);

    /// <summary>All locks of a channel.</summary>
    public async Task<IReadOnlyList<LockInfo>> GetAsync(
        string channel, ChannelType type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var reply = await _registry.CallAsync(
            "GetLocks", new { channel, channelType = WireWords.Of(type) }, cancellationToken).ConfigureAwait(false);
        return WireLock.Read(reply);
    }

    /// <summary>Takes a lock from its owner, who is told. The next that waits gets it.</summary>
    /// <exception cref="RtmException">14006: <paramref name="owner"/> does not have it.</exception>
    public Task RevokeAsync(
        string channel, ChannelType type, string name, string owner, CancellationToken cancellationToken = default) =>
        CallAsync("RevokeLock", new(type, channel, name), new() { ["owner"] = owner }, cancellationToken);

    /// <summary>Acquires a lock.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="type">The channel's type.</param>
    /// <param name="name">The lock.</param>
    /// <param name="wait">True: waits in the queue when another has it, for as long as it takes.</param>
    /// <param name="cancellationToken">Stops waiting; a lock that is granted all the same is given back.</param>
    /// <exception cref="RtmException">14007: another has it. 14003: this client waits for it already.</exception>
    public async Task<HeldLock> AcquireAsync(
        string channel, ChannelType type, string name, bool wait = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(name);
        var key = new LockKey(type, channel, name);
        lock (_lock)
        {
            if (!_acquiring.TryAdd(key, new()))
                throw RtmException.Of(14003, $"This client acquires '{name}' already.");
        }

        var acquiring = AcquireInTurnAsync(key, wait);
        try
        {
            return await acquiring.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!acquiring.IsCompleted)
        {
            _registry.Undo(GiveBackAsync(acquiring));
            throw;
        }
    }

    internal void OnEvent(WireLockEvent told)
    {
        var type = WireWords.ChannelTypeOf(told.ChannelType);
        if (told.Type == "snapshot")
            OnSnapshot(type, told);
        foreach (var one in told.Locks)
        {
            var key = new LockKey(type, told.Channel, one.Name);
            if (told.Type is "acquired" or "remove")
                Wake(key);
            if (told.EndedToken > 0)
                OnEnded(key, told.EndedToken);
        }
    }

    /// <summary>
    /// Takes up the locks over a new link; those that somebody else has by now are lost. Who waits asks again.
    /// </summary>
    internal async Task RestoreAsync(ChannelRestorer restorer)
    {
        List<HeldLock> all;
        lock (_lock)
            all = [.. _held.Values];
        foreach (var held in all)
        {
            var reply = await restorer
                .CallAsync("AcquireLock", Request(held.Key, new() { ["retry"] = false })).ConfigureAwait(false);
            var isKept = reply.IsDone && TokenOf(reply) == held.FencingToken;
            if (isKept)
                Keep(held, RevisionOf(reply));
            else
                Lose(held.Key, known => known == held);
            if (reply.IsDone && !isKept)
                await restorer.CallAsync("ReleaseLock", Request(held.Key, [])).ConfigureAwait(false);
        }

        WakeAll();
    }

    internal void End()
    {
        List<HeldLock> all;
        lock (_lock)
            all = [.. _held.Values];
        foreach (var held in all)
            Lose(held.Key, known => known == held);
        WakeAll();
    }

    private async Task<HeldLock> AcquireInTurnAsync(LockKey key, bool wait)
    {
        try
        {
            while (true)
            {
                Task sign;
                lock (_lock)
                    sign = _acquiring[key].Renew();
                try
                {
                    var reply = await CallAsync(
                        "AcquireLock", key, new() { ["retry"] = wait }, default).ConfigureAwait(false);
                    if (TokenOf(reply) is { } token)
                        return Hold(key, token, RevisionOf(reply));
                }
                catch (RtmException failure) when (wait && IsStillOpen(failure))
                {
                    if (failure.Code != LockPerforming)
                        continue;
                }

                await sign.ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_lock)
                _acquiring.Remove(key);
        }
    }

    private const int LockPerforming = 14003;

    /// <summary>
    /// The session waits already, or the connection was lost before the answer: the next one may be asked again.
    /// </summary>
    private static bool IsStillOpen(RtmException failure) =>
        failure.Code == LockPerforming || failure is { OutcomeUnknown: true, Code: RtmErrorCodes.NotConnected };

    private static async Task GiveBackAsync(Task<HeldLock> acquiring)
    {
        var held = await acquiring.ConfigureAwait(false);
        await held.ReleaseAsync().ConfigureAwait(false);
    }

    private HeldLock Hold(LockKey key, long token, long revision)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(key, out var known) && known.FencingToken == token)
            {
                Keep(known, revision);
                return known;
            }

            var held = new HeldLock(key, token, ReleaseAsync) { Revision = revision };
            // The event of its end may have overtaken the answer.
            if (_acquiring[key].HasEnded(held))
                held.Lose();
            else
                _held[key] = held;
            return held;
        }
    }

    private void Keep(HeldLock held, long revision)
    {
        lock (_lock)
            held.Revision = Math.Max(held.Revision, revision);
    }

    /// <summary>All locks of a channel, after changes that were missed: some may be lost, and who waits asks again.</summary>
    private void OnSnapshot(ChannelType type, WireLockEvent told)
    {
        var tokens = told.Locks.ToDictionary(one => one.Name, one => one.FencingToken);
        List<HeldLock> lost;
        lock (_lock)
        {
            foreach (var (key, acquiring) in _acquiring.Where(entry => IsThere(entry.Key)))
                acquiring.See(told.Revision, tokens.GetValueOrDefault(key.Name));
            lost =
            [
                .. _held.Values.Where(held => IsThere(held.Key) && held.Revision < told.Revision
                    && tokens.GetValueOrDefault(held.Name) != held.FencingToken),
            ];
        }

        foreach (var held in lost)
            Lose(held.Key, known => known == held);

        bool IsThere(LockKey key) => key.Type == type && key.Channel == told.Channel;
    }

    private void OnEnded(LockKey key, long token)
    {
        lock (_lock)
        {
            if (_acquiring.TryGetValue(key, out var acquiring))
                acquiring.EndedToken = Math.Max(acquiring.EndedToken, token);
        }

        Lose(key, held => held.FencingToken == token);
    }

    private async Task ReleaseAsync(HeldLock held, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync("ReleaseLock", held.Key, [], cancellationToken).ConfigureAwait(false);
        }
        catch (RtmException gone) when (gone.Code is 14006 or 14008)
        {
            // It is not this user's any more, which is what was asked for.
        }

        Lose(held.Key, known => known == held);
    }

    private void Lose(LockKey key, Predicate<HeldLock> isMeant)
    {
        HeldLock? held;
        lock (_lock)
        {
            if (!_held.TryGetValue(key, out held) || !isMeant(held))
                return;
            _held.Remove(key);
        }

        held.Lose();
    }

    private void Wake(LockKey key)
    {
        lock (_lock)
            _acquiring.GetValueOrDefault(key)?.Wake();
    }

    private void WakeAll()
    {
        lock (_lock)
        {
            foreach (var acquiring in _acquiring.Values)
                acquiring.Wake();
        }
    }

    private Task<WireReply> CallAsync(
        string method, LockKey key, Dictionary<string, object?> more, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key.Channel, "channel");
        ArgumentNullException.ThrowIfNull(key.Name, "name");
        return _registry.CallAsync(method, Request(key, more), cancellationToken);
    }

    private static Dictionary<string, object?> Request(LockKey key, Dictionary<string, object?> more) => new(more)
    {
        ["channel"] = key.Channel,
        ["channelType"] = WireWords.Of(key.Type),
        ["name"] = key.Name,
    };

    private static long? TokenOf(WireReply reply) =>
        reply.Data.GetProperty("acquired").GetBoolean() ? reply.Data.GetProperty("fencingToken").GetInt64() : null;

    private static long RevisionOf(WireReply reply) =>
        reply.Data.TryGetProperty("revision", out var revision) ? revision.GetInt64() : 0;

    /// <summary>An acquisition that has not ended. Under the lock.</summary>
    private sealed class Acquiring
    {
        private TaskCompletionSource _sign = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private (long Revision, long? Token) _seen;

        /// <summary>The greatest fencing token that has ended meanwhile.</summary>
        public long EndedToken { get; set; }

        /// <summary>Everything was told meanwhile, and whose the lock is.</summary>
        public void See(long revision, long? token)
        {
            _seen = (revision, token);
            Wake();
        }

        /// <summary>True when it was told that a grant is over before it was answered.</summary>
        public bool HasEnded(HeldLock held) => EndedToken >= held.FencingToken
            || (_seen.Revision > held.Revision && _seen.Token != held.FencingToken);

        /// <summary>Completes when it is worth asking again, from now on.</summary>
        public Task Renew()
        {
            _sign = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _sign.Task;
        }

        public void Wake() => _sign.TrySetResult();
    }
}
