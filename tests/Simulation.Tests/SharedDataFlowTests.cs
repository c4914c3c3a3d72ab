using Xunit.Abstractions;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// Users write metadata and contend for locks under the same faults as in <see cref="TopicFlowTests"/>, while the store
/// fails, is slow or away, or does what it says that it did not, and all nodes lose their power at once. From outside, by all
/// that was ever stored: what was acknowledged is stored once and as a whole, what was refused is not; of those that compare,
/// one gets through; a lock has one owner, each grant a greater token, and no older one opens anything; what anybody is told
/// is stored. After the last fault everything works, and everybody sees the same.
/// </summary>
public sealed class SharedDataFlowTests(ITestOutputHelper output)
{
    [Fact]
    public void What_is_acknowledged_is_stored_and_a_lock_has_one_owner()
    {
        var results = FlowRuns.Run(output, SimulationFlow.SharedData, LongRun.Rounds(150, 5_000));
        if (results.Count == 1)
            return;

        var figures = results.Select(result => result.Keeping!).ToArray();
        var (changes, grants) = (figures.Sum(one => one.Changes), figures.Sum(one => one.Grants));
        var (expirations, unknown) = (figures.Sum(one => one.Expirations), figures.Sum(one => one.Unknown));
        var (failures, landed) = (figures.Sum(one => one.StoreFailures), figures.Sum(one => one.Landed));
        output.WriteLine(
            $"{changes:N0} changes of metadata, {grants:N0} grants of locks, {expirations:N0} locks expired, {unknown:N0} calls "
            + $"answered as unknown, {failures:N0} failures of the store, {landed:N0} writes landed after they had been given up");
        // A simulation in which nothing happens shows nothing.
        Assert.True(changes > results.Count * 10L && grants > results.Count * 5L, "Too little was changed.");
        Assert.True(expirations > results.Count / 10, "Too few locks expired.");
        Assert.True(unknown > results.Count && failures > results.Count && landed > 0, "The store failed too seldom.");
        Assert.True(results.Sum(result => result.Lost) > results.Count, "Too little was lost.");
        Assert.True(results.Sum(result => result.Leaked) > 0, "No silo that was taken for dead was heard.");
    }

    [Fact]
    public void Same_seed_makes_the_same_run()
    {
        var options = new SimulationOptions { Flow = SimulationFlow.SharedData };
        for (var seed = 1; seed <= LongRun.Rounds(3, 50); seed++)
            Assert.Equal(SimulatedWorld.Run(seed, options).Hash, SimulatedWorld.Run(seed, options).Hash);
    }
}
