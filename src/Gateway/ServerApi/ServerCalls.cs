using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>
/// What calls of app servers have in common at this gateway: who they are to the grains, their order, and how many may be
/// under way.
/// </summary>
/// <remarks>Calls for one channel or user run in the order in which they came, as those of one client do.</remarks>
internal sealed class ServerCalls(GatewayIdentity identity, TimeProvider clock, IOptions<ServerApiOptions> options)
{
    private int _unfinished;

    /// <summary>The session that stands for the app's servers.</summary>
    public SessionId Session { get; } = identity.NextSession();

    /// <summary>The order of their calls.</summary>
    public CallOrder Order { get; } = new(clock);

    /// <summary>Lets a call begin, which has to be ended by <see cref="End"/>; false when too many are under way.</summary>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _unfinished) <= options.Value.UnfinishedCallsMax)
            return true;
        End();
        return false;
    }

    /// <summary>A call has ended.</summary>
    public void End() => Interlocked.Decrement(ref _unfinished);
}
