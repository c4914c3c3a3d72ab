using ImOrleans.Gateway.Routing;
using ImOrleans.Grains.Hosting;
using ImOrleans.LocalRuntime;

namespace ImOrleans.Silo;

/// <summary>The silo on the Local runtime: one process, nothing to set up.</summary>
internal static class GrainRuntime
{
    /// <summary>Adds the silo. Before the gateway, since services stop in the reverse order.</summary>
    public static void AddGrainRuntime(this WebApplicationBuilder builder, DataDirectory data)
    {
        builder.Services.AddLocalSilo(silo => silo.AddGrains(typeof(GrainServiceExtensions).Assembly));
        builder.Services.AddSingleton<ISiloMembership, LocalSiloMembership>();
    }

    private sealed class LocalSiloMembership : ISiloMembership
    {
        public LocalSiloMembership(LocalCluster cluster) =>
            cluster.SiloLeft += silo => SiloLeft?.Invoke(silo.ToParsableString());

        public event Action<string>? SiloLeft;
    }
}
