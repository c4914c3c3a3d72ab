using System.Runtime.CompilerServices;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>Who is where, and what users say of themselves. Only one's own state needs the channel, and not even that.</summary>
/// <remarks>
/// What was said comes back after a reconnect, until the channel is left.
/// <b>Errors:</b> 10006, 10008, 10021; 13002: one is there quietly; 13003: no page of now; 13004: states for 100 channels
/// wait already; 13005, 13008, 13009: too much; 13006, 13007: a key or value that is none; 13011: the user is not there;
/// 13012: try again.
/// </remarks>
public sealed class RtmPresence
{
    private readonly ChannelRegistry _registry;
    private readonly Lock _lock = new();
    private readonly Dictionary<(ChannelType Type, string Channel), IReadOnlyDictionary<string, string>> _states = [];

    internal RtmPresence(ChannelRegistry registry) => _registry = registry;

    /// <summary>
    /// Sets pairs of one's own state in a channel. Before the channel is joined or subscribed to, they wait for that.
    /// </summary>
    /// <returns>The whole state.</returns>
    public async Task<IReadOnlyDictionary<string, string>> SetStateAsync(
        string channel, ChannelType type, IReadOnlyDictionary<string, string> state,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(state);
        return await ChangeAsync(
            "SetState", channel, type, new { channel, channelType = WireWords.Of(type), state }, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Removes keys of one's own state in a channel; all of them when none is named.</summary>
    /// <returns>What is left.</returns>
    public async Task<IReadOnlyDictionary<string, string>> RemoveStateAsync(
        string channel, ChannelType type, IEnumerable<string>? keys = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        string[] named = [.. keys ?? []];
        return await ChangeAsync(
            "RemoveState", channel, type, new { channel, channelType = WireWords.Of(type), keys = named }, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>What a user in a channel says of itself.</summary>
    public async Task<IReadOnlyDictionary<string, string>> GetStateAsync(
        string channel, ChannelType type, string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(userId);
        var request = new { channel, channelType = WireWords.Of(type), userId };
        return WirePresence.State(
            await _registry.CallAsync("GetState", request, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Who is in a channel now: one page of them.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="type">Which of the two of that name.</param>
    /// <param name="withStates">Whether their states are told too.</param>
    /// <param name="page">Where an earlier answer ended; null for the first page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<WhoNow> WhoNowAsync(
        string channel, ChannelType type, bool withStates = false, string? page = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var request = new { channel, channelType = WireWords.Of(type), withUserId = true, withState = withStates, page };
        return WirePresence.WhoNow(
            await _registry.CallAsync("WhoNow", request, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>All users in a channel, page by page; each call to the server counts for its rate.</summary>
    public async IAsyncEnumerable<PresentUser> AllNowAsync(
        string channel, ChannelType type, bool withStates = false,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (string? page = null; ;)
        {
            var who = await WhoNowAsync(channel, type, withStates, page, cancellationToken).ConfigureAwait(false);
            foreach (var user in who.Users)
                yield return user;
            if (who.NextPage is not { } next)
                yield break;
            page = next;
        }
    }

    /// <summary>How many users are in a channel now.</summary>
    public async Task<int> CountAsync(string channel, ChannelType type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var request = new { channel, channelType = WireWords.Of(type), withUserId = false };
        return WirePresence.WhoNow(
            await _registry.CallAsync("WhoNow", request, cancellationToken).ConfigureAwait(false)).Total;
    }

    /// <summary>The channels in which a user is now; none when it is not known.</summary>
    public async Task<IReadOnlyList<UserChannel>> WhereNowAsync(string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return WirePresence.Channels(
            await _registry.CallAsync("WhereNow", new { userId }, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The app is not in a channel any more: what was said there has ended with it.</summary>
    internal void Forget(ChannelType type, string channel)
    {
        lock (_lock)
            _states.Remove((type, channel));
    }

    /// <summary>Says over a new link what was said before; it goes with the joins and subscriptions that follow.</summary>
    internal async Task RestoreAsync(ChannelRestorer restorer)
    {
        List<KeyValuePair<(ChannelType Type, string Channel), IReadOnlyDictionary<string, string>>> states;
        lock (_lock)
            states = [.. _states];
        foreach (var ((type, channel), state) in states)
        {
            var request = new { channel, channelType = WireWords.Of(type), state };
            var reply = await restorer.CallAsync("SetState", request).ConfigureAwait(false);
            if (reply.IsDone)
                continue;
            Forget(type, channel);
            restorer.ReportState(channel, type, reply.ToException());
        }
    }

    internal void End()
    {
        lock (_lock)
            _states.Clear();
    }

    private async Task<IReadOnlyDictionary<string, string>> ChangeAsync(
        string method, string channel, ChannelType type, object request, CancellationToken cancellationToken)
    {
        // Noted where answers are taken in order, also for a caller that does not wait any more.
        var reply = await _registry.CallAsync(method, request, cancellationToken, (_, reply, _) =>
        {
            if (reply is not { IsDone: true })
                return;
            var state = WirePresence.State(reply);
            lock (_lock)
                if (state.Count == 0)
                    _states.Remove((type, channel));
                else
                    _states[(type, channel)] = state;
        }).ConfigureAwait(false);
        return WirePresence.State(reply);
    }
}
