using Orleans.Hosting;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Silos on a scheduler and a clock that the test drives, with a network that the test decides about.</summary>
internal sealed class FaultyCluster
{
    private readonly SeededTurnScheduler _turns = new(1);

    public FaultyCluster(IMessageFaults? faults = null) => Cluster = new(Clock, _turns, 1, faults);

    public ManualTimeProvider Clock { get; } = new();

    public LocalCluster Cluster { get; }

    /// <summary>Runs a test to its end; the clock goes on when nothing else does.</summary>
    public void Run(Func<Task> test) => _turns.Run(test, () => Clock.AdvanceToNextTimer());

    public Task<TestSilo> StartAsync(Action<ISiloBuilder>? configure = null) => TestSilo.StartAsync(Cluster, silo =>
    {
        silo.AddGrains(typeof(FaultyCluster).Assembly);
        silo.AddMemoryGrainStorageAsDefault();
        silo.AddMemoryGrainStorage("second");
        configure?.Invoke(silo);
    });

    /// <summary>The key of a grain that lives on a silo, by way of another.</summary>
    public static async Task<string> KeyOnAsync<TGrain>(TestSilo from, TestSilo on)
        where TGrain : IPlacedGrain, IGrainWithStringKey
    {
        for (var i = 0; ; i++)
        {
            if (await from.Grains.GetGrain<TGrain>($"{i}").Where() == on.Address.ToParsableString())
            {
                return $"{i}";
            }
        }
    }

    /// <summary>A network that does what it is told about each message.</summary>
    public sealed class Script(Func<SiloMessage, MessageFate> decide) : IMessageFaults
    {
        public List<SiloMessage> Seen { get; } = [];

        public MessageFate Decide(in SiloMessage message)
        {
            Seen.Add(message);
            return decide(message);
        }
    }
}
