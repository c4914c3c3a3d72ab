using Xunit.Abstractions;

namespace ImOrleans.Simulation.Tests;

/// <summary>A simulation that finds no bugs may be blind: planted ones must be found, and found again by their seed.</summary>
public sealed class CanaryTests(ITestOutputHelper output)
{
    private const int SeedsMax = 1000;

    /// <summary>The bugs, and what gives each of them away.</summary>
    public static TheoryData<string, string> Bugs => new()
    {
        { nameof(Plants.RepeatsLookNew), "twice" },
        { nameof(Plants.BatchesAreReversed), "out of order" },
        { nameof(Plants.LatePublishesCount), "out of order" },
        { nameof(Plants.EpochsAreOne), "did not arrive" },
        { nameof(Plants.RegistrationsAreShort), "did not arrive" },
    };

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Planted_bug_is_found_and_found_again(string bug, string symptom)
    {
        var options = new SimulationOptions { Plant = PlantOf(bug) };
        var found = Enumerable.Range(1, SeedsMax)
            .Select(seed => SimulatedWorld.Run(seed, options))
            .FirstOrDefault(result => result.Violations.Any(violation => violation.Contains(symptom, StringComparison.Ordinal)));

        Assert.True(found is not null, $"{bug} was not found with {SeedsMax} seeds.");
        output.WriteLine($"{bug} was found with seed {found.Seed}.");
        Assert.Contains($"IMORLEANS_SEED={found.Seed}", TopicFlowTests.Describe(found), StringComparison.Ordinal);
        Assert.Equal(found.Violations, SimulatedWorld.Run(found.Seed, options).Violations);
        Assert.Empty(SimulatedWorld.Run(found.Seed).Violations);
    }

    private static Action<ISiloBuilder> PlantOf(string bug) =>
        typeof(Plants).GetMethod(bug)!.CreateDelegate<Action<ISiloBuilder>>();
}
