using Xunit.Abstractions;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// Users subscribe to message channels, publish and come back with the place that they had, under the same faults as in
/// <see cref="TopicFlowTests"/>. From outside: no message twice, the order of each publisher kept, nothing that was not
/// asked for or is from before; what was missed comes whole or not at all; a publish with a key is taken once in an epoch;
/// and after the last fault everything arrives.
/// </summary>
public sealed class ChannelFlowTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_arrives_twice_out_of_order_or_in_part_and_all_arrives_after_the_last_fault()
    {
        var results = FlowRuns.Run(output, SimulationFlow.MessageChannels, LongRun.Rounds(60, 10_000));
        if (results.Count == 1)
            return;

        var (recovered, unrecovered) = (results.Sum(result => result.Recovered), results.Sum(result => result.Unrecovered));
        output.WriteLine($"{recovered:N0} gaps brought whole, {unrecovered:N0} said to be gone");
        // A simulation in which nothing happens shows nothing.
        Assert.True(results.Sum(result => result.Delivered) > results.Count * 10L, "Too little arrived.");
        Assert.True(results.Sum(result => result.Lost) > results.Count, "Too little was lost.");
        Assert.True(results.Sum(result => result.Leaked) > 0, "No silo that was taken for dead was heard.");
        Assert.True(recovered > results.Count * 3L && unrecovered > results.Count * 3L, "Too little was missed.");
    }

    [Fact]
    public void Same_seed_makes_the_same_run()
    {
        var options = new SimulationOptions { Flow = SimulationFlow.MessageChannels };
        for (var seed = 1; seed <= LongRun.Rounds(3, 50); seed++)
            Assert.True(SimulatedWorld.Run(seed, options).Hash == SimulatedWorld.Run(seed, options).Hash, $"Seed {seed}");
    }
}
