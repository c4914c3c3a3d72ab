namespace ImOrleans.Simulation.Tests;

/// <summary>What became of messages of conversations in a run.</summary>
/// <param name="Accepted">How many sends were accepted.</param>
/// <param name="Unanswered">How many attempts to send ended without it being known what became of them.</param>
/// <param name="Pulled">How many messages came by pulls, for the first time.</param>
/// <param name="Pushed">How many messages came by pushes, for the first time.</param>
/// <param name="Repeated">How many came once more.</param>
/// <param name="StoreFailures">How often the store failed.</param>
/// <param name="Unknown">How many of its writes were given up with an unknown outcome.</param>
/// <param name="Landed">How many of those landed later.</param>
internal sealed record ChatFigures(
    long Accepted, long Unanswered, long Pulled, long Pushed, long Repeated, long StoreFailures, long Unknown, long Landed);
