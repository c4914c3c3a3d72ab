using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using ImOrleans.ClusterKit;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using JsonGrainStorageSerializer = ImOrleans.Storage.GrainState.JsonGrainStorageSerializer; // Orleans has one too.

namespace ImOrleans.Cluster.Tests;

/// <summary>A few nodes, on the runtime that the tests were built for.</summary>
public sealed class ServerCluster : IAsyncDisposable
{
    private readonly ITestCluster _silos;
    private readonly ClusterNode[] _nodes;
    private readonly ConcurrentDictionary<(string Type, string Key, string Silo), bool> _activations;

    private ServerCluster(
        ITestCluster silos, ClusterNode[] nodes, ClusterNode? front,
        ConcurrentDictionary<(string Type, string Key, string Silo), bool> activations) =>
        (_silos, _nodes, Front, _activations) = (silos, nodes, front, activations);

    /// <summary>A gateway alone, whose loss takes no grain with it; null when there is none.</summary>
    public ClusterNode? Front { get; }

    public ClusterNode this[int index] => _nodes[index];

    /// <summary>True when a topic lives, or has lived, on the silo of a node.</summary>
    public bool HasTopicsOn(ClusterNode node) => Has("topic", node);

    /// <summary>True when a message channel lives, or has lived, on the silo of a node.</summary>
    public bool HasMessageChannelsOn(ClusterNode node) => Has("messagechannel", node);

    /// <summary>True when the presence of a channel is, or has been, on the silo of a node.</summary>
    public bool HasPresenceOn(ClusterNode node, bool isStream, string channel)
    {
        ArgumentNullException.ThrowIfNull(node);
        var name = new ChannelName(channel);
        return _activations.ContainsKey(isStream
            ? ("room", GrainKey.StreamChannel(name), node.SiloAddress)
            : ("messagechannel", GrainKey.MessageChannel(name), node.SiloAddress));
    }

    /// <summary>Starts the nodes with settings as an operator would give them.</summary>
    public static async Task<ServerCluster> StartAsync(
        int nodes, IEnumerable<(string Key, string Value)> settings, bool hasFront = false)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var activations = new ConcurrentDictionary<(string Type, string Key, string Silo), bool>();
        var silos = await TestCluster.StartAsync(new()
        {
            Silos = nodes,
            IsUnordered = true,
            Grains = [typeof(GrainServiceExtensions).Assembly],
            ConfigureFront = hasFront ? static _ => { } : null,
            Configure = silo =>
            {
                silo.Services.AddSingleton<IConfiguration>(configuration);
                silo.Services.AddSingleton<IGrainStorageSerializer>(provider => new JsonGrainStorageSerializer(
                    JsonTypeInfoResolver.Combine([.. provider.GetServices<IJsonTypeInfoResolver>()])));
                silo.AddMemoryGrainStorageAsDefault();
                silo.Services.AddGrainServices();
                silo.AddIncomingGrainCallFilter(context =>
                {
                    // Only where somebody asks for it: an observer has no address.
                    if (context.TargetId.Type.ToString() is ("topic" or "messagechannel" or "room") and var type)
                    {
                        var silo = context.TargetContext.Address.SiloAddress!.ToParsableString();
                        activations[(type, context.TargetId.Key.ToString()!, silo)] = true;
                    }

                    return context.Invoke();
                });
            },
        });
        var started = new List<ClusterNode>();
        foreach (var silo in silos.Nodes)
            started.Add(await ClusterNode.StartAsync(silo, configuration));
        var front = silos.Front is { } apart ? await ClusterNode.StartAsync(apart, configuration) : null;
        return new(silos, [.. started], front, activations);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (Front is not null)
            await Front.DisposeAsync();
        await _silos.DisposeAsync();
    }

    private bool Has(string type, ClusterNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _activations.Keys.Any(activation => activation.Type == type && activation.Silo == node.SiloAddress);
    }
}
