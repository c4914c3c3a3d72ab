using System.Diagnostics.Metrics;

namespace ImOrleans.Gateway.Diagnostics;

/// <summary>The gateway's counters. No tag ever holds an id.</summary>
internal static class GatewayMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "ImOrleans.Gateway";

    private static readonly Meter Meter = new(MeterName);

    public static readonly UpDownCounter<long> Sessions =
        Meter.CreateUpDownCounter<long>("imorleans.gateway.sessions", "{session}", "Sessions that there are now.");

    /// <summary>By the tag <c>door</c>, for those that serve WebSockets of their own.</summary>
    public static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>(
        "imorleans.gateway.connections", "{connection}", "Connections that there are now, signed in or not.");

    public static readonly Counter<long> SessionsDetached = Meter.CreateCounter<long>(
        "imorleans.gateway.sessions.detached", "{session}", "Sessions that went on without their lost connection.");

    public static readonly Counter<long> SessionsResumed = Meter.CreateCounter<long>(
        "imorleans.gateway.sessions.resumed", "{session}", "Sessions whose client came back to them.");

    public static readonly Counter<long> EventsDropped =
        Meter.CreateCounter<long>("imorleans.gateway.events.dropped", "{event}", "Events dropped for slow clients.");

    /// <summary>By the tags <c>door</c> and <c>reason</c>, at doors that answer no message.</summary>
    public static readonly Counter<long> MessagesRefused = Meter.CreateCounter<long>(
        "imorleans.gateway.messages.refused", "{message}", "Messages of clients that had no effect, without an answer.");

    public static readonly Counter<long> ItemsLost =
        Meter.CreateCounter<long>("imorleans.gateway.items.lost", "{item}", "Items that never reached this gateway.");

    public static readonly Counter<long> Registrations =
        Meter.CreateCounter<long>("imorleans.gateway.registrations", "{registration}", "Routes registered anew.");
}
