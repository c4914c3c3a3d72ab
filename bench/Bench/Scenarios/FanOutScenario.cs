using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>One publisher, many receivers: one message at a time, sixteen under way, eight at once.</summary>
internal sealed class FanOutScenario(int listeners) : IScenario
{
    private const int BurstSize = 8;
    private const int BurstListeners = 1000;

    /// <inheritdoc />
    public string Title => $"fan-out to {listeners:N0}";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G1", "G2", "G3"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        using var ours = context.Start(new RtmFlavor());
        using var plain = context.Start(new PlainHubFlavor());
        using var crowd = new Crowd();
        context.Say("  connecting");
        var oursLoad = Room.Fill(crowd, ours, listeners);
        var plainLoad = Room.Fill(crowd, plain, listeners);
        var (one, onePlain) = (new Turns(oursLoad, 1, 1, context.Section), new Turns(plainLoad, 1, 1, context.Section));
        var (many, manyPlain) = (new Turns(oursLoad, 16, 1, context.Section), new Turns(plainLoad, 16, 1, context.Section));
        var burst = new Turns(oursLoad, BurstSize, BurstSize, context.Section);
        context.Rounds(one.Run, onePlain.Run, burst.Run, many.Run, manyPlain.Run);
        context.Deliveries += oursLoad.Verify() + plainLoad.Verify();
        var hasBudget = listeners == context.Crowd(BurstListeners);
        return
        [
            Compare("G1", 1, one, onePlain) with { Budget = 1.2, Stretch = 0.9 },
            Compare("G2", 16, many, manyPlain) with
            {
                Budget = hasBudget ? 1.0 : null,
                Stretch = hasBudget ? 0.6 : null,
            },
            new($"G3 N={listeners}", $"{BurstSize} messages at once, {listeners:N0} receivers, against G1",
                "µs CPU a delivery", burst.Server(ours.Flavor.Name))
            {
                Baseline = one.Server("one at a time"),
                Budget = hasBudget ? 0.2 : null,
                Stretch = hasBudget ? 0.12 : null,
                Note = burst.GeneratorNote,
            },
        ];
    }

    private Row Compare(string id, int window, Turns ours, Turns plain) =>
        new($"{id} N={listeners}", $"fan-out to {listeners:N0}, {window} under way", "µs CPU a delivery",
            ours.Server(new RtmFlavor().Name))
        {
            Baseline = plain.Server(new PlainHubFlavor().Name),
            Note = ours.GeneratorNote,
        };
}
