using System.Globalization;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>A message to one user: what the connections of all others add to it.</summary>
internal sealed class UserMessageScenario : IScenario
{
    private const string Receiver = "receiver";

    /// <inheritdoc />
    public string Title => "a message to one user";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G4"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var others = context.Crowd(5000);
        using var crowded = context.Start(new RtmFlavor());
        using var empty = context.Start(new RtmFlavor());
        using var crowd = new Crowd();
        context.Say("  connecting");
        crowd.Connect(others, i => Room.Client(crowded, $"user{i}", [], isCaller: false, new Tally()));
        var among = Pair(crowd, crowded);
        var alone = Pair(crowd, empty);
        crowd.Settle(crowded);
        var turnsAmong = new Turns(among, 1, 1, context.Section);
        var turnsAlone = new Turns(alone, 1, 1, context.Section);
        context.Rounds(turnsAmong.Run, turnsAlone.Run);
        context.Deliveries += among.Verify() + alone.Verify();
        var idleShare = IdleShare(crowd, crowded, context.Section);
        return
        [
            new($"G4 N={others}", $"a message to one user, {others:N0} others connected, against none", "µs CPU a message",
                turnsAmong.Server($"{others:N0} others"))
            {
                Baseline = turnsAlone.Server("no others"),
                Budget = 1.1,
                Note = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{turnsAmong.GeneratorNote}; the others use {idleShare:0.0} % of a processor when nothing is sent"),
            },
        ];
    }

    /// <summary>What connections cost by being there: the server pings them, and checks its routes.</summary>
    private static double IdleShare(Crowd crowd, ServerProcess server, TimeSpan time)
    {
        crowd.Settle(server);
        var before = server.CpuTime;
        crowd.Rest(time);
        return (server.CpuTime - before) / time * 100;
    }

    private static PublishLoad Pair(Crowd crowd, ServerProcess server)
    {
        var tally = new Tally();
        var receiver = crowd.Connect(1, _ => Room.Client(server, Receiver, [], isCaller: false, tally));
        var sender = crowd.Connect(1, _ => Room.Client(server, "sender", [], isCaller: true, tally))[0];
        return new(crowd, server, sender, receiver, tally, RtmFlavor.SendTo(Receiver, Room.PayloadBytes));
    }
}
