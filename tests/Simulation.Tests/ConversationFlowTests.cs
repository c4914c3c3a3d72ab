using Xunit.Abstractions;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// Users write to each other from several devices under the same faults as in <see cref="TopicFlowTests"/>, while the store is
/// slow, fails, is away, or gives up writes that it does nevertheless, and all nodes lose their power at once. From outside,
/// by all that is stored: what was accepted is there once, where it was said to be, in order; what is sent again under its name
/// is there once at most. Each device gets every message, each conversation in order and without a gap, and after the last
/// fault nothing is missing.
/// </summary>
public sealed class ConversationFlowTests(ITestOutputHelper output)
{
    [Fact]
    public void What_is_accepted_is_stored_once_and_reaches_every_device_in_order()
    {
        var results = FlowRuns.Run(output, SimulationFlow.Conversations, LongRun.Rounds(40, 5_000));
        if (results.Count == 1)
            return;

        var figures = results.Select(result => result.Chatting!).ToArray();
        var (accepted, unanswered) = (figures.Sum(one => one.Accepted), figures.Sum(one => one.Unanswered));
        var (pulled, pushed, repeated) =
            (figures.Sum(one => one.Pulled), figures.Sum(one => one.Pushed), figures.Sum(one => one.Repeated));
        var (failures, unknown, landed) =
            (figures.Sum(one => one.StoreFailures), figures.Sum(one => one.Unknown), figures.Sum(one => one.Landed));
        output.WriteLine(
            $"{accepted:N0} sends accepted, {unanswered:N0} attempts without an answer, {pulled:N0} messages pulled, "
            + $"{pushed:N0} pushed, {repeated:N0} that came again, {failures:N0} failures of the store, {unknown:N0} writes given "
            + $"up, of which {landed:N0} landed later");
        // A simulation in which nothing happens shows nothing.
        Assert.True(accepted > results.Count * 20L && pulled > results.Count * 20L && pushed > results.Count * 20L, "Too little was sent.");
        Assert.True(unanswered > results.Count && repeated > results.Count, "Too few answers were lost.");
        Assert.True(failures > results.Count && unknown > results.Count && landed > 0, "The store failed too seldom.");
        Assert.True(results.Sum(result => result.Lost) > results.Count, "Too little was lost.");
        Assert.True(results.Sum(result => result.Leaked) > 0, "No silo that was taken for dead was heard.");
    }

    [Fact]
    public void Same_seed_makes_the_same_run()
    {
        var options = new SimulationOptions { Flow = SimulationFlow.Conversations };
        for (var seed = 1; seed <= LongRun.Rounds(3, 50); seed++)
            Assert.True(SimulatedWorld.Run(seed, options).Hash == SimulatedWorld.Run(seed, options).Hash, $"Seed {seed}");
    }
}
