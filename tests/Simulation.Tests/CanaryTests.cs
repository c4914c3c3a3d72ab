using Xunit.Abstractions;

namespace ImOrleans.Simulation.Tests;

/// <summary>A simulation that finds no bugs may be blind: planted ones must be found, and found again by their seed.</summary>
public sealed class CanaryTests(ITestOutputHelper output)
{
    private const int SeedsMax = 1000;
    private const string Topics = nameof(SimulationFlow.Topics);
    private const string Channels = nameof(SimulationFlow.MessageChannels);
    private const string SharedData = nameof(SimulationFlow.SharedData);
    private const string Conversations = nameof(SimulationFlow.Conversations);

    /// <summary>The bugs, and what gives each of them away.</summary>
    public static TheoryData<string, string, string> Bugs => new()
    {
        { Topics, nameof(Plants.RepeatsLookNew), "twice" },
        { Topics, nameof(Plants.BatchesAreReversed), "out of order" },
        { Topics, nameof(Plants.LatePublishesCount), "out of order" },
        { Topics, nameof(Plants.EpochsAreOne), "did not arrive" },
        { Topics, nameof(Plants.RegistrationsAreShort), "did not arrive" },
        { Topics, nameof(Plants.CountsAreForgotten), "twice" },
        { Channels, nameof(ChannelPlants.LateMessagesCount), "out of order" },
        { Channels, nameof(ChannelPlants.KeysAreForgotten), "was taken twice" },
        { Channels, nameof(ChannelPlants.ReplaysAreShort), "messages since" },
        { Channels, nameof(ChannelPlants.EverybodyBeginsAtTheBeginning), "from before its subscription" },
        { Channels, nameof(ChannelPlants.ChannelRegistrationsAreShort), "did not arrive" },
        { Channels, nameof(ChannelPlants.ComingsAreNotTold), "believes that" },
        { Channels, nameof(Plants.RepeatsLookNew), "twice" },
        { Channels, nameof(Plants.EpochsAreOne), "have one place" },
        { SharedData, nameof(KeeperPlants.WritesAreNotCompared), "is stored, though" },
        { SharedData, nameof(KeeperPlants.WritesAreNotCompared), ", and then of" },
        { SharedData, nameof(KeeperPlants.FailuresAreForgotten), "was acknowledged as" },
        { SharedData, nameof(KeeperPlants.TokensAreForgotten), "with token" },
        { SharedData, nameof(KeeperPlants.WaitersAreOwners), "was accepted, and is not stored" },
        { SharedData, nameof(KeeperPlants.RevisionsAreNotCompared), "of the whole" },
        { SharedData, nameof(KeeperPlants.GuardsForgetTheGrant), "was granted with token" },
        { SharedData, nameof(KeeperPlants.LossesAreOrderly), "did not outlive" },
        { SharedData, nameof(KeeperPlants.RegistrationsClaimToKnow), "is told of revision" },
        { SharedData, nameof(KeeperPlants.ChangesAreNotTold), " is at " },
        { SharedData, nameof(KeeperPlants.RemovalsAreNotTold), "is told of revision" },
        { SharedData, nameof(KeeperPlants.LocksAreNotToldAnew), " sees [" },
        { Conversations, nameof(ChatPlants.UnknownWritesCount), "was accepted as" },
        { Conversations, nameof(ChatPlants.PushesAreCut), " is next" },
        { Conversations, nameof(ChatPlants.NothingIsCompared), " misses " },
        { Conversations, nameof(ChatPlants.PullsClaimTheFuture), " misses " },
        { Conversations, nameof(ChatPlants.LeavingIsNotTold), " is next" },
        { Conversations, nameof(ChatPlants.AcknowledgementsRunAhead), " is next" },
    };

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Planted_bug_is_found_and_found_again(string flow, string bug, string symptom)
    {
        var options = new SimulationOptions { Flow = Enum.Parse<SimulationFlow>(flow), Plant = PlantOf(bug) };
        var found = Enumerable.Range(1, SeedsMax)
            .Select(seed => SimulatedWorld.Run(seed, options))
            .FirstOrDefault(result => result.Violations.Any(violation => violation.Contains(symptom, StringComparison.Ordinal)));

        Assert.True(found is not null, $"{bug} was not found with {SeedsMax} seeds.");
        output.WriteLine($"{bug} was found with seed {found.Seed} of {flow}.");
        Assert.Contains($"IMORLEANS_SEED={found.Seed}", FlowRuns.Describe(found), StringComparison.Ordinal);
        Assert.Equal(found.Violations, SimulatedWorld.Run(found.Seed, options).Violations);
        Assert.Empty(SimulatedWorld.Run(found.Seed, new() { Flow = options.Flow }).Violations);
    }

    private static Action<ISiloBuilder> PlantOf(string bug) =>
        (typeof(Plants).GetMethod(bug) ?? typeof(ChannelPlants).GetMethod(bug) ?? typeof(KeeperPlants).GetMethod(bug)
            ?? typeof(ChatPlants).GetMethod(bug)!)
        .CreateDelegate<Action<ISiloBuilder>>();
}
