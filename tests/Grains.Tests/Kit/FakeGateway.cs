using System.Collections.Immutable;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>A gateway that notes what it is told, and answers as the test says.</summary>
internal sealed class FakeGateway : IGatewayObserver
{
    private long _generation;

    public FakeGateway(string name)
    {
        Id = new(name);
        Ref = new(Id, this);
    }

    public GatewayId Id { get; }

    /// <summary>Where grains deliver to; a test on a runtime puts a reference here.</summary>
    public GatewayRef Ref { get; set; }

    /// <summary>Every batch that came in, repeats included.</summary>
    public List<DeliveryBatch> Batches { get; } = [];

    /// <summary>How it answers; by default one session is reached by each item.</summary>
    public Func<DeliveryBatch, Task<DeliveryAck>> Answer { get; set; } = batch => Task.FromResult(Ack(batch, 1));

    public static DeliveryAck Ack(DeliveryBatch batch, int reached) =>
        new(true, [.. Enumerable.Repeat(reached, batch.Items.Length)]);

    public SessionId Session(long number) => new(Id, number);

    /// <summary>The head of the next call.</summary>
    public RouteUpdate Route(long epoch = 0) => new(Ref, ++_generation, epoch);

    /// <summary>The number of the next call that changes nothing.</summary>
    public long NextNumber() => ++_generation;

    /// <summary>The head of a call with a number of the test's choice.</summary>
    public RouteUpdate RouteOf(long generation, long epoch = 0)
    {
        _generation = Math.Max(_generation, generation);
        return new(Ref, generation, epoch);
    }

    /// <summary>The items of one kind, in order, each once.</summary>
    public ImmutableArray<T> Received<T>()
        where T : DeliveryItem =>
        [.. Batches.DistinctBy(batch => (batch.Epoch, batch.Number)).SelectMany(batch => batch.Items).OfType<T>()];

    public Task<DeliveryAck> DeliverAsync(DeliveryBatch batch)
    {
        Batches.Add(batch);
        return Answer(batch);
    }

    /// <summary>What it says of a session that is asked for.</summary>
    public SessionContent Content { get; } = new([], [], []);

    /// <summary>How many items it had when a session was taken from it.</summary>
    public int? ItemsWhenTaken { get; private set; }

    public Task<SessionContent?> DescribeSessionAsync(SessionClaim claim) => Task.FromResult<SessionContent?>(Content);

    public Task<SessionRest?> TakeSessionAsync(TakeSessionRequest request)
    {
        ItemsWhenTaken = Batches.Sum(batch => batch.Items.Count(item => item is not RouteMark));
        return Task.FromResult<SessionRest?>(new([], 0, []));
    }
}
