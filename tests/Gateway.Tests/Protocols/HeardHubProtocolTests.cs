using System.Buffers;
using System.Text;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Tests.Doubles;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace ImOrleans.Gateway.Tests.Protocols;

public sealed class HeardHubProtocolTests
{
    private readonly WatchedClock _clock = new();
    private readonly RtmHubProtocolResolver _resolver;

    public HeardHubProtocolTests() => _resolver = new(new RtmHubProtocol(new JsonHubProtocol()), _clock);

    [Fact]
    public void Silence_is_counted_from_the_last_frame_of_a_client_that_pings()
    {
        var protocol = Assert.IsType<HeardHubProtocol>(_resolver.GetProtocol("json", ["json"]));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, protocol.Silence);
        Read(protocol, """{"type":6}""");
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), protocol.Silence);
        Read(protocol, """{"type":1,"target":"Logout","arguments":[]}""");
        Assert.Equal(TimeSpan.Zero, protocol.Silence);
        _clock.Advance(TimeSpan.FromSeconds(5));
        var half = new ReadOnlySequence<byte>("{"u8.ToArray());
        Assert.False(protocol.TryParseMessage(ref half, Binder.Instance, out _));
        Assert.Equal(TimeSpan.FromSeconds(5), protocol.Silence);
    }

    [Fact]
    public void Each_connection_has_its_own_protocol_and_others_than_JSON_there_are_not()
    {
        Assert.NotSame(_resolver.GetProtocol("json", null), _resolver.GetProtocol("JSON", ["json"]));
        Assert.Null(_resolver.GetProtocol("messagepack", null));
        Assert.Null(_resolver.GetProtocol("json", ["messagepack"]));
        Assert.Equal("json", Assert.Single(_resolver.AllProtocols).Name);
    }

    private static void Read(HeardHubProtocol protocol, string frame)
    {
        var input = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(frame + "\u001e"));
        Assert.True(protocol.TryParseMessage(ref input, Binder.Instance, out _));
    }

    private sealed class Binder : IInvocationBinder
    {
        public static readonly Binder Instance = new();

        public Type GetReturnType(string invocationId) => typeof(object);

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [];

        public Type GetStreamItemType(string streamId) => typeof(object);
    }
}
