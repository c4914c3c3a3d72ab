using System.Reflection;
using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Rooms;

namespace ImOrleans.Conformance.Tests;

/// <summary>Whatever crosses a grain call arrives as it was sent, from one silo to another and back.</summary>
public sealed class ContractTests(SharedCluster shared) : SharedFacts(shared)
{
    private readonly List<IGatewayObserver> _observers = [];

    public static TheoryData<string> Contracts => [.. Types.Select(static type => type.FullName!)];

    private static IEnumerable<Type> Types => new[] { typeof(IRoomGrain).Assembly, typeof(ErrorCatalog).Assembly }
        .SelectMany(static assembly => assembly.GetTypes())
        .Where(static type => type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null)
        .Where(static type => !type.IsAbstract)
        .Select(static type => type.IsGenericTypeDefinition ? type.MakeGenericType(typeof(string)) : type);

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task Every_contract_arrives_as_it_was_sent(string name)
    {
        var type = Types.Single(type => type.FullName == name);
        var value = new Copies(MakeReference).Make(type);
        var grain = await GrainOnAsync<IValuesGrain>(Second);

        var seen = await grain.Describe(value).Guard();
        var copy = await grain.Return(value).Guard();

        Assert.Equal(Copies.Print(value), seen);
        Assert.IsType(type, copy);
        Assert.Equal(Copies.Print(value), Copies.Print(copy));
    }

    /// <summary>Guards the test above: a member that gets lost would show.</summary>
    [Fact]
    public void Print_shows_every_member()
    {
        var one = new DeliveryAck(true, [1, 2]);
        Assert.Equal(Copies.Print(one), Copies.Print(new DeliveryAck(true, [1, 2])));
        Assert.NotEqual(Copies.Print(one), Copies.Print(one with { IsKnown = false }));
        Assert.NotEqual(Copies.Print(one), Copies.Print(one with { Reached = [1, 3] }));
        Assert.NotEmpty(Types);
    }

    private object MakeReference(Type type)
    {
        Assert.Equal(typeof(IGatewayObserver), type);
        var observer = new SilentGateway();
        _observers.Add(observer);
        return Grains.CreateObjectReference<IGatewayObserver>(observer);
    }

    private sealed class SilentGateway : IGatewayObserver
    {
        public Task<DeliveryAck> DeliverAsync(DeliveryBatch batch) => Task.FromResult(DeliveryAck.Unknown);

        public Task<SessionContent?> DescribeSessionAsync(SessionClaim claim) => Task.FromResult<SessionContent?>(null);

        public Task<SessionRest?> TakeSessionAsync(TakeSessionRequest request) => Task.FromResult<SessionRest?>(null);
    }
}
