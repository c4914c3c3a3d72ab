using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Users;

/// <summary>
/// What a user grain knows. Nothing is stored: gateways vouch for it, and state it anew when it is lost.
/// </summary>
internal sealed class UserState
{
    public SessionTable<UserLogin> Logins { get; } = new();
}

/// <summary>One login.</summary>
internal sealed class UserLogin(SessionId id, DeviceId device)
{
    public SessionId Id { get; } = id;

    public DeviceId Device { get; } = device;

    /// <summary>The kind of its device.</summary>
    public DeviceClass Class { get; init; }

    /// <summary>True when this activation saw the connect; false when a gateway only stated it.</summary>
    public bool WasSeenToConnect { get; set; }

    /// <summary>The session that it goes on for; null when it is one of its own.</summary>
    public SessionId? Replaces { get; set; }

    public DateTimeOffset TokenExpiresAt { get; private set; }

    /// <summary>True when the coming end of the present token was told.</summary>
    public bool IsWarned { get; set; }

    /// <summary>How long it stays when its gateway is lost; null: it goes with its gateway.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>What is kept of it for that; null when its client cannot come back to it.</summary>
    public SessionRecord? Record { get; set; }

    /// <summary>The stream channels that it has joined.</summary>
    public HashSet<ChannelName> Channels { get; } = [];

    /// <summary>The message channels that it is subscribed to.</summary>
    public HashSet<ChannelName> Subscriptions { get; } = [];

    /// <summary>The grain keys of the channels where it is quietly.</summary>
    public HashSet<string> Quiet { get; } = [];

    /// <summary>Moves the end of the token; another end is another token, of which a warning is due again.</summary>
    public void SetToken(DateTimeOffset expiresAt)
    {
        if (expiresAt == TokenExpiresAt)
            return;
        TokenExpiresAt = expiresAt;
        IsWarned = false;
    }

    public UserSession ToSession() => new(Id, Device, TokenExpiresAt, [.. Channels])
    {
        Subscriptions = [.. Subscriptions],
        Quiet = [.. Quiet],
        Replaces = Replaces,
        Timeout = Timeout,
        Record = Record,
        Class = Class,
    };
}
