using System.Globalization;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Scenarios;

/// <summary>
/// Private messages between 1,000 users, stored and acknowledged: how many a second at most, how long one takes at half of
/// that, and what it costs; with receivers who get what is sent pushed and acknowledge it, and with receivers who look at nothing.
/// </summary>
internal sealed class ChatScenario(bool isOnPostgres, ChatReceivers receivers) : IScenario
{
    private readonly bool _isPushed = receivers == ChatReceivers.Pushed;

    private string Store => isOnPostgres ? "PostgreSQL" : "SQLite";

    private string Id => $"G16 {Store}" + (_isPushed ? "" : " silent");

    /// <inheritdoc />
    public string Title => $"private messages, {Store}" + (_isPushed ? ", pushed" : ", receivers silent");

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G16", Id];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        using var server = context.StartOn(isOnPostgres);
        using var crowd = new Crowd();
        context.Say("  connecting");
        var users = context.Crowd(1000);
        var load = new ChatLoad(crowd, server, context.Database, users, receivers);
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
        return Rows(users, full, half, load);
    }

    private IReadOnlyList<Row> Rows(int users, List<ChatSection> full, List<ChatSection> half, ChatLoad load)
    {
        var (id, what) = (Id, $"private messages between {users:N0} users, stored and acknowledged, {Store}");
        what += _isPushed ? ", pushed to their receivers" : ", receivers silent";
        return
        [
            new(id, what, "messages a second", Of(full, section => section.Rate))
            {
                Budget = _isPushed ? 20_000 : null,
                IsMoreBetter = true,
                Note = Costs(full) + (load.Refused == 0 ? "" : $"; {load.Refused} times refused and asked again")
                    + (load.Pulls == 0 ? "" : $"; {load.Pulls} times told to pull again"),
            },
            new(id + " CPU", "the same, server CPU", "µs CPU a message", Of(full, section => section.ServerPerMessage)),
            new(id + " p99", "the same at half of that rate, p99", "ms",
                Of(half, section => Statistics.Percentile(section.Latencies, 0.99)))
            {
                Budget = _isPushed ? 50 : null,
                Note = "p50 " + Median(half, section => Statistics.Percentile(section.Latencies, 0.5)) + " ms; " + Costs(half),
            },
        ];
    }

    private static Series Of(List<ChatSection> sections, Func<ChatSection, double> figure) =>
        new("ImOrleans", [.. sections.Select(figure)]);

    private string Costs(List<ChatSection> sections) =>
        $"generator {Median(sections, section => section.ClientPerMessage)} µs a message, "
        + $"server {Median(sections, section => section.ServerPerMessage)}"
        + (isOnPostgres ? $", PostgreSQL {Median(sections, section => section.DatabasePerMessage)}" : "");

    private static string Median(List<ChatSection> sections, Func<ChatSection, double> figure) =>
        Statistics.Median(sections.Select(figure)).ToString("0.0", CultureInfo.InvariantCulture);
}
