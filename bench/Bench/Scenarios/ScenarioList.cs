namespace ImOrleans.Bench.Scenarios;

/// <summary>All that is measured, in order.</summary>
internal static class ScenarioList
{
    private static readonly int[] FanOutSizes = [100, 1000, 5000];

    /// <summary>The scenarios of one form of the run; small forms have fewer sizes.</summary>
    public static IReadOnlyList<IScenario> For(BenchContext context)
    {
        // SQLite, and PostgreSQL where there is a server that has it.
        bool[] stores = context.HasClusterSilo ? [false, true] : [false];
        return
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
            .. stores.Select(isOnPostgres => new DurableSendScenario(isOnPostgres)),
            .. stores.Select(isOnPostgres => new ChatScenario(isOnPostgres, isPulling: false)),
            .. stores.Select(isOnPostgres => new ChatScenario(isOnPostgres, isPulling: true)),
            .. stores.Select(isOnPostgres => new OfflinePullScenario(isOnPostgres)),
        ];
    }
}
