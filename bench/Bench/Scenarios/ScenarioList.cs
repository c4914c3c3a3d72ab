namespace ImOrleans.Bench.Scenarios;

/// <summary>All that is measured, in order.</summary>
internal static class ScenarioList
{
    private static readonly int[] FanOutSizes = [100, 1000, 5000];

    /// <summary>The scenarios of one form of the run; small forms have fewer sizes.</summary>
    public static IReadOnlyList<IScenario> For(BenchContext context) =>
    [
        new CallScenario(),
        .. FanOutSizes.Select(context.Crowd).Distinct().Select(size => new FanOutScenario(size)),
        new UserMessageScenario(),
        new InvokeScenario(),
        new RoomOfTwoScenario(),
        new MemoryScenario(),
        new ConnectScenario(),
        new PresenceScenario(),
        new StalledReaderScenario(),
        new AppendScenario(),
        new ChatScenario(isOnPostgres: false, isPulling: false),
        new ChatScenario(isOnPostgres: true, isPulling: false),
        new ChatScenario(isOnPostgres: false, isPulling: true),
        new ChatScenario(isOnPostgres: true, isPulling: true),
    ];
}
