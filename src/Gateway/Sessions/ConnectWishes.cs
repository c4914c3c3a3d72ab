using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>What a client asks of the session that it connects to.</summary>
internal sealed record ConnectWishes
{
    /// <summary>A client that asks for nothing.</summary>
    public static ConnectWishes None { get; } = new();

    /// <summary>How long the session outlives a lost connection; null: as the options say.</summary>
    public TimeSpan? PresenceTimeout { get; init; }

    /// <summary>The kind of its device.</summary>
    public DeviceClass Class { get; init; }

    /// <summary>True when the client counts what it gets and may come back to the session.</summary>
    public bool IsResumable { get; init; }

    /// <summary>The session that it wants to come back to; null when it had none.</summary>
    public SessionKey? Previous { get; init; }

    /// <summary>How many events it has got of that session.</summary>
    public long Received { get; init; }
}
