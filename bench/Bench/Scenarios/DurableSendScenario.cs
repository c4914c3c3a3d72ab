using System.Diagnostics;
using System.Globalization;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Stores;
using ImOrleans.Storage.MessageLog;

namespace ImOrleans.Bench.Scenarios;

/// <summary>One private message at a time, against a commit of its database and a round trip that stores nothing.</summary>
internal sealed class DurableSendScenario(bool isOnPostgres) : IScenario
{
    private string Store => isOnPostgres ? "PostgreSQL" : "SQLite";

    /// <inheritdoc />
    public string Title => $"a private message alone, {Store}";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G10", $"G10 {Store}"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var folder = Directory.CreateTempSubdirectory("imorleans-bench-");
        try
        {
            using var server = context.StartOn(isOnPostgres);
            using var crowd = new Crowd();
            using var engine = Engine(context, Path.Combine(folder.FullName, "bare.db"));
            var chat = new ChatLoad(crowd, server, context.Database, 1, ChatReceivers.Silent);
            return Run(context, crowd, chat, new InvokeLoad(crowd, server, 1), engine);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private IReadOnlyList<Row> Run(BenchContext context, Crowd crowd, ChatLoad chat, InvokeLoad invoke, IStoreEngine engine)
    {
        crowd.Rest(context.Section);
        List<double> sends = [], commits = [];
        context.Rounds(
            isKept =>
            {
                var section = chat.RunAtFull(context.Section);
                if (isKept)
                    sends.Add(Median(section.Latencies));
            },
            isKept => invoke.Run(context.Section, isKept),
            isKept =>
            {
                var latencies = Commit(engine, context.Section);
                if (isKept)
                    commits.Add(Median(latencies));
            });
        var trips = invoke.Sections.Select(section => Median(section.Latencies)).ToArray();
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"commit {Statistics.Median(commits):0.00} ms, round trip {Statistics.Median(trips):0.00} ms");
        return
        [
            new($"G10 {Store}", $"a private message alone, stored and acknowledged, {Store}, p50", "ms", new("ImOrleans", sends))
            {
                Baseline = new("commit and round trip", [.. commits.Zip(trips, (commit, trip) => commit + trip)]),
                Budget = 2,
                Note = note,
            },
        ];
    }

    private IStoreEngine Engine(BenchContext context, string path)
    {
        if (isOnPostgres)
        {
            var connectionString = context.Database.Create();
            using (Held.Of(new PostgresMessageLog(connectionString, TimeProvider.System), log => log.OpenAsync()))
                return new PostgresEngine(connectionString, 1);
        }

        using (Held.Of(new SqliteMessageLog(path, TimeProvider.System)))
            return new SqliteEngine(path, 1);
    }

    private static double Median(IEnumerable<double> latencies) => Statistics.Median(latencies);

    private static List<double> Commit(IStoreEngine engine, TimeSpan time)
    {
        List<double> latencies = [];
        for (var start = Stopwatch.GetTimestamp(); latencies.Count == 0 || Stopwatch.GetElapsedTime(start) < time;)
        {
            var begun = Stopwatch.GetTimestamp();
            engine.Commit(1, isNamed: true);
            latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return latencies;
    }
}
