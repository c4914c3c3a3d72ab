using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>Call, grain, answer, against a hub that answers itself.</summary>
internal sealed class InvokeScenario : IScenario
{
    /// <inheritdoc />
    public string Title => "invoke, grain, answer";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G5"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var clients = context.Crowd(50);
        using var ours = context.Start(new RtmFlavor());
        using var plain = context.Start(new PlainHubFlavor());
        using var crowd = new Crowd();
        var load = new InvokeLoad(crowd, ours, clients);
        var loadPlain = new InvokeLoad(crowd, plain, clients);
        context.Rounds(isKept => load.Run(context.Section, isKept), isKept => loadPlain.Run(context.Section, isKept));
        return
        [
            Of("G5 CPU", "server CPU", "µs CPU a call", section => section.ServerPerOperation) with { Budget = 1.2 },
            Of("G5 p50", "p50", "ms", section => Statistics.Percentile(section.Latencies, 0.5)),
            Of("G5 p99", "p99", "ms", section => Statistics.Percentile(section.Latencies, 0.99)) with
            {
                Budget = 1.5,
                Stretch = 1.1,
            },
        ];

        Row Of(string id, string what, string unit, Func<Section, double> figure) =>
            new(id, $"invoke, grain, answer: {clients} connections, {what}", unit,
                new(ours.Flavor.Name, [.. load.Sections.Select(figure)]))
            {
                Baseline = new(plain.Flavor.Name, [.. loadPlain.Sections.Select(figure)]),
            };
    }
}
