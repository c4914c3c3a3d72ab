using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>Two people in a room, where taking the publish in costs more than handing it out.</summary>
internal sealed class RoomOfTwoScenario : IScenario
{
    /// <inheritdoc />
    public string Title => "a room of two";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G6"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        using var ours = context.Start(new RtmFlavor());
        using var plain = context.Start(new PlainHubFlavor());
        using var crowd = new Crowd();
        var oursLoad = Room.FillWithTwo(crowd, ours);
        var plainLoad = Room.FillWithTwo(crowd, plain);
        var turns = new Turns(oursLoad, 1, 1, context.Section);
        var turnsPlain = new Turns(plainLoad, 1, 1, context.Section);
        context.Rounds(turns.Run, turnsPlain.Run);
        context.Deliveries += oursLoad.Verify() + plainLoad.Verify();
        return
        [
            new("G6", "a publish in a room of two, both get it", "µs CPU a publish",
                turns.Of(ours.Flavor.Name, section => section.ServerPerOperation))
            {
                Baseline = turnsPlain.Of(plain.Flavor.Name, section => section.ServerPerOperation),
                Budget = 1.3,
                Stretch = 1.1,
            },
        ];
    }
}
