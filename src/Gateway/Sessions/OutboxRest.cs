namespace ImOrleans.Gateway.Sessions;

/// <summary>What the client of an outbox has not got.</summary>
/// <param name="Events">In order.</param>
/// <param name="Dropped">How many found no room, and were not told of.</param>
internal sealed record OutboxRest(IReadOnlyList<SessionEvent> Events, long Dropped);
