namespace ImOrleans.Grains.Tests.Kit;

/// <summary>
/// Fails every call between grains that the design does not have: calls go from outside to any grain, from users to
/// rooms, message channels and shared data, from rooms to topics, from conversations and groups to users, from conversations
/// to inboxes, and from grains to
/// gateways. A ring of calls is a deadlock with a time limit.
/// </summary>
internal sealed class CallEdgeFilter : IIncomingGrainCallFilter
{
    private static readonly HashSet<(string From, string To)> Allowed =
    [
        ("user", "room"), ("user", "messagechannel"), ("user", "data"), ("room", "topic"), ("conversation", "user"),
        ("group", "user"), ("conversation", "inbox"),
    ];

    public Task Invoke(IIncomingGrainCallContext context)
    {
        // A timer's tick is a call of a grain to itself on Orleans.
        if (context.SourceId is { } source && source != context.TargetId && IsGrain(source) && IsGrain(context.TargetId))
        {
            var edge = (source.Type.ToString()!, context.TargetId.Type.ToString()!);
            if (!Allowed.Contains(edge))
                throw new InvalidOperationException(
                    $"{source} must not call {context.InterfaceName}.{context.MethodName} of {context.TargetId}.");
        }

        return context.Invoke();
    }

    /// <summary>False for host code and its observers.</summary>
    internal static bool IsGrain(GrainId id) => !id.Type.ToString()!.StartsWith("sys.", StringComparison.Ordinal);
}
