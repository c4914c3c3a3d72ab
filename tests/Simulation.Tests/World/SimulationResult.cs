namespace ImOrleans.Simulation.Tests;

/// <summary>What a run showed.</summary>
/// <param name="Seed">Makes the same run again.</param>
/// <param name="Hash">Of all that happened.</param>
/// <param name="Violations">What should not have happened; empty for a good run.</param>
/// <param name="Lines">What happened, when that was to be kept.</param>
/// <param name="Turns">How many turns were run.</param>
/// <param name="Published">How many messages users published or tried to.</param>
/// <param name="Delivered">How many messages arrived at clients.</param>
/// <param name="Lost">How many messages between silos were lost.</param>
/// <param name="Leaked">How many got out of or into a silo that was taken for dead.</param>
/// <param name="Recovered">How many subscriptions brought all that had been missed, and that was not nothing.</param>
/// <param name="Unrecovered">How many said that not all was there.</param>
/// <param name="Resumed">How often a client came back to its session.</param>
/// <param name="ResumedFromLost">How often that session's gateway was lost.</param>
/// <param name="Keeping">What became of metadata and locks; null when there were none.</param>
/// <param name="Chatting">What became of messages of conversations; null when there were none.</param>
internal sealed record SimulationResult(
    int Seed,
    ulong Hash,
    IReadOnlyList<string> Violations,
    IReadOnlyList<string> Lines,
    long Turns,
    long Published,
    long Delivered,
    long Lost,
    long Leaked,
    long Recovered,
    long Unrecovered,
    long Resumed,
    long ResumedFromLost,
    KeepingFigures? Keeping,
    ChatFigures? Chatting);
