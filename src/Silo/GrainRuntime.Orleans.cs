using ImOrleans.Gateway.Routing;

namespace ImOrleans.Silo;

/// <summary>The silo on the Orleans packages: one of many, found through the clustering that is configured.</summary>
internal static class GrainRuntime
{
    /// <summary>Adds the silo. Before the gateway, since services stop in the reverse order.</summary>
    public static void AddGrainRuntime(this WebApplicationBuilder builder, DataDirectory data)
    {
        _ = data;
        builder.UseOrleans(silo => silo.UseLocalhostClustering());
        builder.Services.AddSingleton<ISiloMembership, OrleansSiloMembership>();
    }

    private sealed class OrleansSiloMembership : ISiloMembership, ISiloStatusListener
    {
        public OrleansSiloMembership(ISiloStatusOracle oracle) => oracle.SubscribeToSiloStatusEvents(this);

        public event Action<string>? SiloLeft;

        public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
        {
            if (status == SiloStatus.Dead)
                SiloLeft?.Invoke(updatedSilo.ToParsableString());
        }
    }
}
