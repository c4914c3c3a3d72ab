using ImOrleans.Bench.Results;
using ImOrleans.Bench.Servers;
using ImOrleans.Bench.Stores;

namespace ImOrleans.Bench.Scenarios;

/// <summary>What every scenario is given.</summary>
internal sealed class BenchContext(ServerPaths paths, RunOptions options, Action<string> say) : IDisposable
{
    /// <summary>The PostgreSQL of the run.</summary>
    public BenchDatabase Database { get; } = new();

    /// <summary>How long and how often is measured.</summary>
    public RunOptions Options { get; } = options;

    /// <summary>How long one turn is.</summary>
    public TimeSpan Section => TimeSpan.FromSeconds(Options.SectionSeconds);

    /// <summary>Messages that all scenarios have counted so far.</summary>
    public long Deliveries { get; set; }

    /// <summary>A number of connections, or the most that this form of the run has.</summary>
    public int Crowd(int count) => Math.Min(count, Options.CrowdMax);

    /// <summary>Starts a server.</summary>
    public ServerProcess Start(HubFlavor flavor) => ServerProcess.Start(paths, flavor);

    /// <summary>Starts this server, with messages in a store of its own.</summary>
    public ServerProcess StartOn(bool isOnPostgres) =>
        Start(isOnPostgres ? new RtmOnPostgresFlavor(Database.Create()) : new RtmFlavor());

    /// <summary>Tells whoever watches how far it is.</summary>
    public void Say(string text) => say(text);

    /// <summary>Gives each variant turns to warm up, and then each its turn in every round.</summary>
    public void Rounds(params Action<bool>[] variants)
    {
        for (var round = 1 - Options.WarmUps; round <= Options.Rounds; round++)
        {
            Say(round <= 0 ? "  warming up" : $"  round {round} of {Options.Rounds}");
            foreach (var variant in variants)
                variant(round > 0);
        }
    }

    /// <inheritdoc />
    public void Dispose() => Database.Dispose();
}
