using System.Diagnostics;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;
using ImOrleans.Bench.Stores;
using ImOrleans.Domain.Conversations;
using ImOrleans.Storage.MessageLog;

namespace ImOrleans.Bench.Scenarios;

/// <summary>The log of conversations in this process, against the statements alone in its database, a batch at a time.</summary>
internal sealed class AppendScenario : IScenario
{
    private const int Outstanding = 256;

    // At least 0.7 of the engine's messages a second; 0.9 is aimed at.
    private const double TimeRatioMax = 1 / 0.7;
    private const double TimeRatioAim = 1 / 0.9;

    /// <inheritdoc />
    public string Title => "durable append";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G9"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var folder = Directory.CreateTempSubdirectory("imorleans-bench-");
        try
        {
            return [.. RunOnSqlite(context, folder.FullName), .. RunOnPostgres(context)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IReadOnlyList<Row> RunOnSqlite(BenchContext context, string folder)
    {
        var (path, bare) = (Path.Combine(folder, "log.db"), Path.Combine(folder, "bare.db"));
        using var log = Held.Of(new SqliteMessageLog(path, TimeProvider.System));
        // The log makes the tables.
        using (Held.Of(new SqliteMessageLog(bare, TimeProvider.System)))
        {
        }

        using var engine = new SqliteEngine(bare, context.Options.Grains);
        return Run(context, "SQLite", log.Value, engine);
    }

    private static IReadOnlyList<Row> RunOnPostgres(BenchContext context)
    {
        using var log = Held.Of(
            new PostgresMessageLog(context.Database.Create(), TimeProvider.System), log => log.OpenAsync());
        using var engine = new PostgresEngine(context.Database.Create(), context.Options.Grains);
        return Run(context, "PostgreSQL", log.Value, engine);
    }

    private static IReadOnlyList<Row> Run(BenchContext context, string store, IMessageLog log, IStoreEngine engine)
    {
        context.Say($"  {store}");
        var load = LogLoad.Open(log, context.Options.Grains);
        List<Cost> plainLog = [], plainEngine = [], namedLog = [], namedEngine = [];
        context.Rounds(
            Turn(plainLog, () => load.Run(Outstanding, isNamed: false, context.Section)),
            Turn(plainEngine, () => Loop(engine, isNamed: false, context.Section)),
            Turn(namedLog, () => load.Run(Outstanding, isNamed: true, context.Section)),
            Turn(namedEngine, () => Loop(engine, isNamed: true, context.Section)));
        return [.. Rows(store, false, plainLog, plainEngine), .. Rows(store, true, namedLog, namedEngine)];

        Action<bool> Turn(List<Cost> costs, Func<long> work) => isKept => Measure(context, costs, isKept, work);
    }

    private static IEnumerable<Row> Rows(string store, bool isNamed, List<Cost> log, List<Cost> engine)
    {
        var (id, what) = ($"G9 {store}", $"durable append, {store}, {Outstanding} under way");
        if (isNamed)
            (id, what) = (id + " names", what + ", messages with names");
        var alone = $"{store} alone, batches of {Outstanding}";
        yield return new(id, what, "µs a message", new("log", [.. log.Select(cost => cost.Time)]))
        {
            Baseline = new(alone, [.. engine.Select(cost => cost.Time)]),
            Budget = TimeRatioMax,
            Stretch = TimeRatioAim,
        };
        yield return new(id + " CPU", "the same, processor time of both", "µs CPU a message",
            new("log", [.. log.Select(cost => cost.Cpu)]))
        {
            Baseline = new(alone, [.. engine.Select(cost => cost.Cpu)]),
        };
    }

    private static long Loop(IStoreEngine engine, bool isNamed, TimeSpan time)
    {
        var count = 0L;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time; count += Outstanding)
            engine.Commit(Outstanding, isNamed);
        return count;
    }

    private static void Measure(BenchContext context, List<Cost> costs, bool isKept, Func<long> work)
    {
        GC.Collect();
        var (cpu, start) = (Cpu(context), Stopwatch.GetTimestamp());
        var count = work();
        if (isKept)
            costs.Add(new(
                Stopwatch.GetElapsedTime(start).TotalMicroseconds / count, (Cpu(context) - cpu).TotalMicroseconds / count));
    }

    private static TimeSpan Cpu(BenchContext context) =>
        ProcessFigures.CpuTimeOf(Environment.ProcessId) + context.Database.CpuTime;

    private readonly record struct Cost(double Time, double Cpu);
}
