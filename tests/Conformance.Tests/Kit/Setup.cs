using Orleans.Configuration;
using Orleans.Runtime.Hosting;

namespace ImOrleans.Conformance.Tests;

/// <summary>The silos that the facts are about.</summary>
internal static class Setup
{
    /// <summary>How long an idle activation of the classes that are collected early may live.</summary>
    public static readonly TimeSpan ShortAge = TimeSpan.FromMilliseconds(500);

    public static ClusterSetup Of(TimeProvider? clock = null) => new()
    {
        Clock = clock,
        Grains = [typeof(Setup).Assembly],
        Configure = Configure,
    };

    private static void Configure(ISiloBuilder silo)
    {
        silo.AddMemoryGrainStorage("second");
        silo.Services.AddGrainStorage("Default", static (_, _) => NotedStorage.Instance);
        silo.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = TimeSpan.FromSeconds(20));
        silo.Configure<GrainCollectionOptions>(static options =>
        {
            options.CollectionQuantum = TimeSpan.FromMilliseconds(100);
            options.ClassSpecificCollectionAge[typeof(IdleGrain).FullName!] = ShortAge;
        });
        silo.AddOutgoingGrainCallFilter(NotingFilter.OnOutgoing);
        silo.AddIncomingGrainCallFilter(NotingFilter.OnIncoming);
        silo.AddIncomingGrainCallFilter(NotingFilter.OnIncomingLater);
    }
}
