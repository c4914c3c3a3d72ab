using System.Collections.Concurrent;
using ImOrleans.ClusterKit;
using ImOrleans.Grains.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Cluster.Tests;

/// <summary>A few nodes, on the runtime that the tests were built for.</summary>
public sealed class ServerCluster : IAsyncDisposable
{
    private readonly ITestCluster _silos;
    private readonly ClusterNode[] _nodes;
    private readonly ConcurrentDictionary<string, bool> _topicSilos;

    private ServerCluster(ITestCluster silos, ClusterNode[] nodes, ConcurrentDictionary<string, bool> topicSilos) =>
        (_silos, _nodes, _topicSilos) = (silos, nodes, topicSilos);

    public ClusterNode this[int index] => _nodes[index];

    /// <summary>True when a topic lives, or has lived, on the silo of a node.</summary>
    public bool HasTopicsOn(ClusterNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _topicSilos.ContainsKey(node.SiloAddress);
    }

    /// <summary>Starts the nodes with settings as an operator would give them.</summary>
    public static async Task<ServerCluster> StartAsync(
        int nodes, IEnumerable<(string Key, string Value)> settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var topicSilos = new ConcurrentDictionary<string, bool>();
        var silos = await TestCluster.StartAsync(new()
        {
            Silos = nodes,
            Grains = [typeof(GrainServiceExtensions).Assembly],
            Configure = silo =>
            {
                silo.Services.AddSingleton<IConfiguration>(configuration);
                silo.Services.AddGrainServices();
                silo.AddIncomingGrainCallFilter(context =>
                {
                    if (context.TargetId.Type.ToString() == "topic")
                        topicSilos[context.TargetContext.Address.SiloAddress!.ToParsableString()] = true;
                    return context.Invoke();
                });
            },
        });
        var started = new List<ClusterNode>();
        foreach (var silo in silos.Nodes)
            started.Add(await ClusterNode.StartAsync(silo, configuration));
        return new(silos, [.. started], topicSilos);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _silos.DisposeAsync();
    }
}
