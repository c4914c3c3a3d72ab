using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Grains.Abstractions.Sessions;

/// <summary>
/// What the user grain keeps of a session that no other grain knows, so that its client can come back to it when its
/// gateway is lost. Gateway and grain keep one each, and change them by the same rules.
/// </summary>
/// <param name="SecretHash">See <see cref="HashOf"/>.</param>
/// <param name="Data">Where it watches metadata or locks, has locks or waits for them, and maybe where it did.</param>
/// <param name="States">What it says of its user in channels where it is not yet.</param>
/// <remarks><b>Bounds:</b> 300 places, states for 100 channels of 4 KiB each, and four sessions before it.</remarks>
[GenerateSerializer, Immutable, Alias("im.SessionRecord")]
public sealed record SessionRecord(
    [property: Id(0)] string SecretHash,
    [property: Id(1)] ImmutableArray<SharedDataPlace> Data,
    [property: Id(2)] ImmutableArray<ContentState> States)
{
    private const int OverMax = 4;

    /// <summary>
    /// The last sessions that it goes on for and whose gateways were lost, the newest first: what still comes of them is
    /// too late.
    /// </summary>
    [Id(3)]
    public ImmutableArray<SessionId> Over { get; init; } = [];

    /// <summary>The record of a new session.</summary>
    public static SessionRecord Of(string secret) => new(HashOf(secret), [], []);

    /// <summary>What is kept of the secret that the client was told.</summary>
    public static string HashOf(string secret) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>True when the claim has the secret of this session.</summary>
    public bool IsOf(SessionClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(SecretHash), Encoding.UTF8.GetBytes(HashOf(claim.Secret)));
    }

    /// <summary>After the session has come into a channel: what it had said for it is said there now.</summary>
    /// <param name="type">The type of the channel.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="withData">Whether it watches the channel's metadata or locks too.</param>
    public SessionRecord In(ChannelType type, ChannelName channel, bool withData)
    {
        var entered = Saying(new(type, channel, []));
        return withData ? entered.With(new(type, channel.Value)) : entered;
    }

    /// <summary>With something of the shared data of one more channel or user.</summary>
    public SessionRecord With(SharedDataPlace place) => Data.Contains(place) ? this : this with { Data = Data.Add(place) };

    /// <summary>Of a session that goes on for another.</summary>
    /// <param name="before">What was kept of that one; null when nothing was.</param>
    /// <param name="states">What that one says where it is not yet.</param>
    /// <param name="lost">That one, when its gateway was lost.</param>
    public SessionRecord GoingOn(SessionRecord? before, ImmutableArray<ContentState> states, SessionId? lost = null)
    {
        var over = before?.Over ?? [];
        return this with { States = states, Over = lost is { } session ? [session, .. over.Take(OverMax - 1)] : over };
    }

    /// <summary>Without anything there.</summary>
    public SessionRecord Without(IReadOnlyCollection<SharedDataPlace> places) =>
        this with { Data = Data.RemoveRange(places) };

    /// <summary>With something else said for one channel; nothing when it has no items.</summary>
    public SessionRecord Saying(ContentState said)
    {
        ArgumentNullException.ThrowIfNull(said);
        var others = States.RemoveAll(known => known.Type == said.Type && known.Channel == said.Channel);
        return this with { States = said.Items.IsEmpty ? others : others.Add(said) };
    }

    /// <summary>After a call of its gateway.</summary>
    public SessionRecord After(KeepSessionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var next = Without(request.Removed);
        if (request.Added is { } place)
            next = next.With(place);
        return request.Said is { } said ? next.Saying(said) : next;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Data.Length} places, {States.Length} states"; // Nothing of the secret.
}

/// <summary>The shared data of one channel or user.</summary>
/// <param name="Type">The type of the channel, or user.</param>
/// <param name="Name">The channel's name or the user's id.</param>
[GenerateSerializer, Immutable, Alias("im.SharedDataPlace")]
public sealed record SharedDataPlace(
    [property: Id(0)] ChannelType Type,
    [property: Id(1)] string Name);
