using System.Globalization;
using Xunit.Abstractions;

namespace ImOrleans.Simulation.Tests;

/// <summary>Runs of one flow, seed after seed.</summary>
/// <remarks>A failure prints its seed. <c>IMORLEANS_SEED=n</c> runs that one alone and prints all that happened.</remarks>
internal static class FlowRuns
{
    /// <summary>How many failing seeds are looked for before the run ends.</summary>
    private const int FailuresMax = 10;

    private static readonly string? Only = Environment.GetEnvironmentVariable("IMORLEANS_SEED");

    /// <summary>Runs the seeds from 1 on and fails with what was violated.</summary>
    /// <returns>All results; one only, when one seed was asked for.</returns>
    public static IReadOnlyList<SimulationResult> Run(ITestOutputHelper output, SimulationFlow flow, int rounds)
    {
        if (Only is not null)
            return [Replay(output, flow, int.Parse(Only, CultureInfo.InvariantCulture))];
        var results = new List<SimulationResult>();
        for (var seed = 1; seed <= rounds && results.Count(result => result.Violations.Count > 0) < FailuresMax; seed++)
            results.Add(SimulatedWorld.Run(seed, new() { Flow = flow }) with { Lines = [] });
        var failed = results.Where(result => result.Violations.Count > 0).ToList();
        Assert.True(failed.Count == 0, string.Join('\n', failed.Select(Describe)));
        output.WriteLine(
            $"{rounds} seeds, {results.Sum(result => result.Turns):N0} turns, "
            + $"{results.Sum(result => result.Published):N0} published, "
            + $"{results.Sum(result => result.Delivered):N0} delivered, "
            + $"{results.Sum(result => result.Lost):N0} messages between silos lost, "
            + $"{results.Sum(result => result.Leaked):N0} across a partition");
        return results;
    }

    public static string Describe(SimulationResult result) =>
        $"Seed {result.Seed} (IMORLEANS_SEED={result.Seed} replays it):\n{string.Join('\n', result.Violations.Take(10))}";

    private static SimulationResult Replay(ITestOutputHelper output, SimulationFlow flow, int seed)
    {
        var result = SimulatedWorld.Run(seed, new() { Flow = flow, KeepsLines = true });
        foreach (var line in result.Lines)
            output.WriteLine(line);
        Assert.True(result.Violations.Count == 0, Describe(result));
        return result;
    }
}
