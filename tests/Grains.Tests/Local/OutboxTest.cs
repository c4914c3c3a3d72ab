using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>One activation's delivery without a grain around it.</summary>
public abstract class OutboxTest : TurnTest
{
    private protected DeliveryOptions Options { get; } = new();

    private protected FakeGateway Gateway { get; } = new("g1");

    private protected FakeLeases Leases { get; } = new();

    private protected List<GatewayLoss> Losses { get; } = [];

    private protected OutboxContext Context() =>
        new("u:3:bob", 7, Clock, Leases, Options, NullLogger.Instance);

    private protected GatewayOutbox Outbox(long lastNumber = 0) =>
        new(Context(), Gateway.Ref, lastNumber, (_, loss) => Losses.Add(loss));
}
