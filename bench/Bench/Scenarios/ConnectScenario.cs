using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>What it costs to come in, on servers that have warmed up.</summary>
internal sealed class ConnectScenario : IScenario
{
    /// <inheritdoc />
    public string Title => "connect, authenticate, subscribe";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G12"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var count = context.Crowd(1000);
        using var ours = context.Start(new RtmFlavor());
        using var plain = context.Start(new PlainHubFlavor());
        using var crowd = new Crowd();
        List<double> subscribed = [], connected = [], bare = [];
        context.Rounds(
            isKept => Measure(crowd, ours, count, i => Room.Listener(ours, $"user{i}", new()), isKept, subscribed),
            isKept => Measure(crowd, plain, count, i => Bare(plain, i), isKept, bare),
            isKept => Measure(crowd, ours, count, i => Bare(ours, i), isKept, connected));
        var baseline = new Series($"{plain.Flavor.Name}, connect alone", bare);
        return
        [
            new("G12", "connect, authenticate, join a channel, subscribe", "µs CPU a connection",
                new(ours.Flavor.Name, subscribed))
            {
                Baseline = baseline,
                Budget = 2,
                Stretch = 1.5,
            },
            new("G12 connect", "connect and authenticate alone", "µs CPU a connection", new(ours.Flavor.Name, connected))
            {
                Baseline = baseline,
            },
        ];
    }

    private static HubClient Bare(ServerProcess server, int number) =>
        Room.Client(server, $"user{number}", [], isCaller: false, new());

    private static void Measure(
        Crowd crowd, ServerProcess server, int count, Func<int, HubClient> make, bool isKept, List<double> costs)
    {
        var before = server.CpuTime;
        var clients = crowd.Connect(count, make);
        if (isKept)
            costs.Add((server.CpuTime - before).TotalMicroseconds / count);
        crowd.Close(clients);
        crowd.Settle(server);
    }
}
