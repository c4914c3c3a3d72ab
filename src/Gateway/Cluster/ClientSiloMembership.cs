using System.Collections.Immutable;
using ImOrleans.Gateway.Routing;
using Microsoft.Extensions.Hosting;

namespace ImOrleans.Gateway.Cluster;

/// <summary>
/// Which silos have gone, as a client of the cluster sees it: a client has no part in the membership, but it keeps a
/// list of the active silos and of what each can run, which it reads anew from a silo every second.
/// </summary>
/// <remarks>
/// <b>Guarantee:</b> a silo that a cluster has declared dead, or that left, is told within a second while any silo can
/// be reached, and within the client's time limit of 10 s more when the silo that it read from does not answer.
/// One that came and went between two readings is not told; the rolling check finds what it held.
/// </remarks>
internal sealed class ClientSiloMembership(IClusterManifestProvider silos) : BackgroundService, ISiloMembership
{
    /// <inheritdoc />
    public event Action<string>? SiloLeft;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = ImmutableHashSet<SiloAddress>.Empty;
        try
        {
            await foreach (var manifest in silos.Updates.WithCancellation(stoppingToken))
            {
                var present = manifest.Silos.Keys.ToImmutableHashSet();
                foreach (var silo in known.Except(present))
                    SiloLeft?.Invoke(silo.ToParsableString());
                known = present;
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }
}
