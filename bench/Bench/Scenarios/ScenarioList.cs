using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Scenarios;

/// <summary>All that is measured, in order.</summary>
internal static class ScenarioList
{
    private static readonly int[] FanOutSizes = [100, 1000, 5000];

    /// <summary>SQLite and PostgreSQL.</summary>
    private static readonly bool[] Stores = [false, true];

    /// <summary>The scenarios of one form of the run; small forms have fewer sizes.</summary>
    public static IReadOnlyList<IScenario> For(BenchContext context)
    {
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
            .. Chat(context),
        ];
    }

    private static IEnumerable<IScenario> Chat(BenchContext context)
    {
        // A server takes seconds to start: the form that only shows that all works has each on one store.
        if (context.Options == RunOptions.Smoke)
            return
            [
                new DurableSendScenario(isOnPostgres: false),
                new ChatScenario(isOnPostgres: true, ChatReceivers.Pushed),
                new OfflinePullScenario(isOnPostgres: false),
                new GroupScenario(),
            ];
        return
        [
            .. Stores.Select(isOnPostgres => new DurableSendScenario(isOnPostgres)),
            .. Stores.Select(isOnPostgres => new ChatScenario(isOnPostgres, ChatReceivers.Pushed)),
            .. Stores.Select(isOnPostgres => new ChatScenario(isOnPostgres, ChatReceivers.Silent)),
            .. Stores.Select(isOnPostgres => new OfflinePullScenario(isOnPostgres)),
            new GroupScenario(),
        ];
    }
}
