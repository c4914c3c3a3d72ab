using System.Diagnostics;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>
/// Many users join one channel, a thousand a second, and each wants to know who is there. Each is shown a snapshot, and
/// all are told of all: at once while they are few, together when the period ends.
/// </summary>
internal sealed class PresenceScenario : IScenario
{
    private const int JoinsPerSecond = 1000;

    /// <summary>The server's period, and a moment for what it sends then.</summary>
    private static readonly TimeSpan Aftermath = RtmFlavor.PresencePeriod + TimeSpan.FromSeconds(1);

    /// <summary>How long is looked at what the connections cost alone; it is not the joins'.</summary>
    private static TimeSpan IdleTime(RunOptions options) => TimeSpan.FromSeconds(options == RunOptions.Smoke ? 1 : 10);

    /// <inheritdoc />
    public string Title => "presence of one large channel";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["P1"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var count = context.Crowd(5 * JoinsPerSecond);
        using var server = context.Start(new RtmFlavor());
        using var crowd = new Crowd();
        var tally = new Tally();
        context.Say("  connecting");
        var clients = crowd.Connect(count, i => Room.Client(server, $"user{i}", [], isCaller: true, tally));
        crowd.Settle(server);
        List<double> costs = [], bytes = [];
        var round = 0;
        context.Rounds(isKept =>
        {
            var (cost, sent) = Measure(crowd, server, clients, tally, $"room{round++}", IdleTime(context.Options));
            if (!isKept)
                return;
            costs.Add(cost.TotalMicroseconds / count);
            bytes.Add(sent / 1024.0 / count);
        });
        var what = $"{count:N0} joins of one channel, {JoinsPerSecond:N0} a second, who is there shown and told";
        return
        [
            new("P1 CPU", what, "µs CPU a join", new(server.Flavor.Name, costs))
            {
                Budget = 200,
                Note = "without what the idle connections cost in the same time",
            },
            new("P1 bytes", what, "KiB sent a join", new(server.Flavor.Name, bytes))
            {
                Budget = 32,
                Note = "snapshots, answers, the first changes at once, and all intervals until nothing is left to tell",
            },
        ];
    }

    private static (TimeSpan Cpu, long Bytes) Measure(
        Crowd crowd, ServerProcess server, List<HubClient> clients, Tally tally, string room, TimeSpan idleTime)
    {
        var frame = RtmFlavor.JoinWithPresence(room).With(0);
        var idle = server.CpuTime;
        crowd.Rest(idleTime);
        idle = server.CpuTime - idle;
        var (cpu, bytes, answers) = (server.CpuTime, clients.Sum(client => client.Bytes), tally.Answers);
        var patience = new Patience(Patience.Limit);
        var sent = 0;
        var start = Stopwatch.GetTimestamp();
        while (tally.Answers - answers < clients.Count)
        {
            var due = Math.Min(clients.Count, 1 + (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * JoinsPerSecond));
            while (sent < due)
                clients[sent++].Send(frame);
            crowd.Rest(TimeSpan.FromMilliseconds(1));
            patience.Check(tally.Answers, () => $"{tally.Answers - answers} of {clients.Count} joins were answered");
        }

        crowd.Rest(Aftermath);
        crowd.Settle(server);
        var alone = idle * (Stopwatch.GetElapsedTime(start) / idleTime);
        return (server.CpuTime - cpu - alone, clients.Sum(client => client.Bytes) - bytes);
    }
}
