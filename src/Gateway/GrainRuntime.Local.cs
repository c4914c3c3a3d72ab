using ImOrleans.Gateway.Hosting;
using Microsoft.AspNetCore.Builder;

namespace ImOrleans.Gateway;

/// <summary>The Local runtime is one process: there is no cluster to be a client of.</summary>
internal static class GrainRuntime
{
    /// <summary>Refuses.</summary>
    public static void AddGrainRuntime(this WebApplicationBuilder builder, ClusterOptions cluster) =>
        throw new NotSupportedException(
            "this is a build with the Local runtime, which is one process. Start ImOrleans.Silo, which has a gateway; "
            + "a gateway of its own needs a build with -p:GrainRuntime=Orleans.");
}
