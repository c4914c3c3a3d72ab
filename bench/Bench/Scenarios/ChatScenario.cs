using System.Globalization;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>
/// Private messages between 1,000 users, stored and acknowledged: how many a second at most, how long one takes at half of
/// that, and what it costs; with receivers who look at nothing, and with receivers who pull and acknowledge.
/// </summary>
internal sealed class ChatScenario(bool isOnPostgres, bool isPulling) : IScenario
{
    private string Store => isOnPostgres ? "PostgreSQL" : "SQLite";

    private string Id => $"G16 {Store}" + (isPulling ? " pulled" : "");

    /// <inheritdoc />
    public string Title => $"private messages, {Store}" + (isPulling ? ", pulled" : "");

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G16", Id];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        using var server = context.Start(isOnPostgres ? new RtmOnPostgresFlavor(context.Database.Create()) : new RtmFlavor());
        using var crowd = new Crowd();
        context.Say("  connecting");
        var users = context.Crowd(1000);
        var load = new ChatLoad(crowd, server, context.Database, users, isPulling);
        // So much code takes the compiler longer, and every conversation is opened once.
        load.RunAtFull(context.Section * 2 * context.Options.WarmUps);
        List<ChatSection> full = [], half = [];
        var rate = 0.0;
        context.Rounds(
            isKept =>
            {
                var section = load.RunAtFull(context.Section);
                rate = section.Rate;
                if (isKept)
                    full.Add(section);
            },
            isKept =>
            {
                var section = load.RunAt(rate / 2, context.Section);
                if (isKept)
                    half.Add(section);
            });
        var acknowledged = load.Acknowledged;
        crowd.Settle(server);
        context.Deliveries += InboxCheck.Run(crowd, server, users, acknowledged);
        return Rows(users, full, half, load.Refused);
    }

    private IReadOnlyList<Row> Rows(int users, List<ChatSection> full, List<ChatSection> half, long refused)
    {
        var (id, what) = (Id, $"private messages between {users:N0} users, stored and acknowledged, {Store}");
        if (isPulling)
            what += ", pulled and acknowledged by their receivers";
        return
        [
            new(id, what, "messages a second", Of(full, section => section.Rate))
            {
                Budget = isPulling ? null : 20_000,
                IsMoreBetter = true,
                Note = Costs(full) + (refused == 0 ? "" : $"; {refused} times refused and asked again"),
            },
            new(id + " CPU", "the same, server CPU", "µs CPU a message", Of(full, section => section.ServerPerMessage)),
            new(id + " p99", "the same at half of that rate, p99", "ms",
                Of(half, section => Statistics.Percentile(section.Latencies, 0.99)))
            {
                Budget = isPulling ? null : 50,
                Note = "p50 " + Median(half, section => Statistics.Percentile(section.Latencies, 0.5)) + " ms; " + Costs(half),
            },
        ];
    }

    private static Series Of(List<ChatSection> sections, Func<ChatSection, double> figure) =>
        new("ImOrleans", [.. sections.Select(figure)]);

    private string Costs(List<ChatSection> sections) =>
        $"generator {Median(sections, section => section.ClientPerMessage)} µs a message, "
        + $"server {Median(sections, section => section.ServerPerMessage)}"
        + (isOnPostgres ? $", PostgreSQL {Median(sections, section => section.DatabasePerMessage)}" : "")
        + (isPulling ? $"; {Median(sections, section => (double)section.Pulled / section.Messages)} pulled for each sent" : "");

    private static string Median(List<ChatSection> sections, Func<ChatSection, double> figure) =>
        Statistics.Median(sections.Select(figure)).ToString("0.0", CultureInfo.InvariantCulture);
}
