using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>
/// What an idle connection keeps resident, with its session and its user's grain. Fresh servers each round.
/// </summary>
internal sealed class MemoryScenario : IScenario
{
    private const int WarmUp = 50;

    /// <inheritdoc />
    public string Title => "memory a connection";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G11"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var count = context.Crowd(5000);
        List<double> ours = [], plain = [];
        for (var round = 1; round <= context.Options.Rounds; round++)
        {
            context.Say($"  round {round} of {context.Options.Rounds}");
            ours.Add(Measure(context, new RtmFlavor(), count));
            plain.Add(Measure(context, new PlainHubFlavor(), count));
        }

        var subject = new Series(new RtmFlavor().Name, ours);
        return
        [
            new("G11", $"memory a connection at {count:N0}, with session and user grain", "KiB resident", subject)
            {
                Budget = 32,
                Stretch = 27,
            },
            new("G11 ratio", "the same, against a plain hub", "KiB resident", subject)
            {
                Baseline = new(new PlainHubFlavor().Name, plain),
            },
        ];
    }

    private static double Measure(BenchContext context, HubFlavor flavor, int count)
    {
        using var server = context.Start(flavor);
        using var crowd = new Crowd();
        crowd.Connect(WarmUp, i => Room.Client(server, $"first{i}", [], isCaller: false, new()));
        crowd.Settle(server);
        var before = server.ResidentBytes;
        crowd.Connect(count, i => Room.Client(server, $"user{i}", [], isCaller: false, new()));
        crowd.Settle(server);
        return (server.ResidentBytes - before) / 1024.0 / count;
    }
}
