using System.Globalization;
using Xunit.Abstractions;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// Users publish and follow while nodes die, are cut off, stop and start, and messages between them get lost, late and out of
/// order. From outside: no message twice, the order of each publisher kept, nothing that was not asked for, every call
/// answered in time; and after the last fault everything arrives.
/// </summary>
/// <remarks>A failure prints its seed. <c>IMORLEANS_SEED=n</c> runs that one alone and prints all that happened.</remarks>
public sealed class TopicFlowTests(ITestOutputHelper output)
{
    /// <summary>How many failing seeds are looked for before the run ends.</summary>
    private const int FailuresMax = 10;

    private static readonly string? Only = Environment.GetEnvironmentVariable("IMORLEANS_SEED");

    [Fact]
    public void Nothing_arrives_twice_or_out_of_order_and_all_arrives_after_the_last_fault()
    {
        if (Only is not null)
        {
            Replay(int.Parse(Only, CultureInfo.InvariantCulture));
            return;
        }

        var (turns, published, delivered, lost, leaked) = (0L, 0L, 0L, 0L, 0L);
        var rounds = LongRun.Rounds(200, 10_000);
        var failed = new List<SimulationResult>();
        for (var seed = 1; seed <= rounds && failed.Count < FailuresMax; seed++)
        {
            var result = SimulatedWorld.Run(seed);
            if (result.Violations.Count > 0)
                failed.Add(result);
            turns += result.Turns;
            published += result.Published;
            delivered += result.Delivered;
            lost += result.Lost;
            leaked += result.Leaked;
        }

        Assert.True(failed.Count == 0, string.Join('\n', failed.Select(Describe)));
        output.WriteLine(
            $"{rounds} seeds, {turns:N0} turns, {published:N0} published, {delivered:N0} delivered, "
            + $"{lost:N0} messages between silos lost, {leaked:N0} across a partition");
        // A simulation in which nothing happens shows nothing.
        Assert.True(delivered > rounds * 10L, $"Only {delivered} messages arrived.");
        Assert.True(lost > rounds, $"Only {lost} messages were lost.");
        Assert.True(leaked > 0, "No silo that was taken for dead was heard.");
    }

    [Fact]
    public void Same_seed_makes_the_same_run()
    {
        for (var seed = 1; seed <= LongRun.Rounds(5, 50); seed++)
            Assert.Equal(SimulatedWorld.Run(seed).Hash, SimulatedWorld.Run(seed).Hash);
    }

    [Fact]
    public void Other_seeds_make_other_runs() =>
        Assert.Equal(5, Enumerable.Range(1, 5).Select(seed => SimulatedWorld.Run(seed).Hash).Distinct().Count());

    internal static string Describe(SimulationResult result) =>
        $"Seed {result.Seed} (IMORLEANS_SEED={result.Seed} replays it):\n{string.Join('\n', result.Violations.Take(10))}";

    private void Replay(int seed)
    {
        var result = SimulatedWorld.Run(seed, new() { KeepsLines = true });
        foreach (var line in result.Lines)
            output.WriteLine(line);
        Assert.True(result.Violations.Count == 0, Describe(result));
    }
}
