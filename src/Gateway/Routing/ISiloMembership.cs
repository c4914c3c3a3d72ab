namespace ImOrleans.Gateway.Routing;

/// <summary>What a gateway needs to know of the cluster: which silos have gone.</summary>
public interface ISiloMembership
{
    /// <summary>Raised once for each silo that left, stopped or was lost. Handlers return at once.</summary>
    event Action<string>? SiloLeft;
}
