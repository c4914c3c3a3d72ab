namespace ImOrleans.Grains.Rooms;

/// <summary>
/// Tells a room that came back from the loss of its silo from a new one, and when to tell members where things stand.
/// </summary>
/// <remarks>
/// A room that comes back hears from gateways what they had, in any order, and cannot know what changed meanwhile. So
/// it stays silent about what gateways state, and sends one snapshot when they have had time to do so. The signs of a
/// former life are a first contact that is a registration, or a call that was meant for another activation.
/// </remarks>
internal sealed class RoomRecovery(DateTimeOffset activatedAt, TimeSpan window)
{
    private bool _wasContacted;

    /// <summary>When the snapshot is due; null when none is.</summary>
    public DateTimeOffset? EndsAt { get; private set; }

    /// <summary>Takes note of a call.</summary>
    /// <param name="isRegistration">True for a full registration.</param>
    /// <param name="isForeign">True when the caller had another activation in mind.</param>
    /// <param name="now">The time.</param>
    public void Contact(bool isRegistration, bool isForeign, DateTimeOffset now)
    {
        if (((isRegistration && !_wasContacted) || isForeign) && now < activatedAt + window)
            EndsAt ??= activatedAt + window;
        _wasContacted = true;
    }

    /// <summary>True once, when the snapshot is due.</summary>
    public bool TryFinish(DateTimeOffset now)
    {
        if (EndsAt is null || now < EndsAt)
            return false;
        EndsAt = null;
        return true;
    }
}
