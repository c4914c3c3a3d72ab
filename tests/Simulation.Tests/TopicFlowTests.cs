using Xunit.Abstractions;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// Users publish and follow while nodes die, are cut off, stop and start, and messages between them get lost, late and out of
/// order. From outside: no message twice, the order of each publisher kept, nothing that was not asked for, every call
/// answered in time; and after the last fault everything arrives.
/// </summary>
public sealed class TopicFlowTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_arrives_twice_or_out_of_order_and_all_arrives_after_the_last_fault()
    {
        var results = FlowRuns.Run(output, SimulationFlow.Topics, LongRun.Rounds(200, 10_000));
        if (results.Count == 1)
            return;

        // A simulation in which nothing happens shows nothing.
        Assert.True(results.Sum(result => result.Delivered) > results.Count * 10L, "Too little arrived.");
        Assert.True(results.Sum(result => result.Lost) > results.Count, "Too little was lost.");
        Assert.True(results.Sum(result => result.Leaked) > 0, "No silo that was taken for dead was heard.");
        Assert.True(results.Sum(result => result.Resumed) > results.Count / 4, "Too few sessions were gone on with.");
        var fromLost = results.Sum(result => result.ResumedFromLost);
        output.WriteLine($"{fromLost:N0} sessions of lost gateways were gone on with");
        Assert.True(fromLost > results.Count / 20, "Too few sessions of lost gateways were gone on with.");
    }

    [Fact]
    public void Same_seed_makes_the_same_run()
    {
        for (var seed = 1; seed <= LongRun.Rounds(5, 50); seed++)
            Assert.True(SimulatedWorld.Run(seed).Hash == SimulatedWorld.Run(seed).Hash, $"Seed {seed}");
    }

    [Fact]
    public void Other_seeds_make_other_runs() =>
        Assert.Equal(5, Enumerable.Range(1, 5).Select(seed => SimulatedWorld.Run(seed).Hash).Distinct().Count());
}
