using System.Buffers;
using System.Text;
using System.Text.Json;
using ImOrleans.Gateway.Protocols.SignalR;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace ImOrleans.Gateway.Tests.Protocols;

public sealed class RtmHubProtocolTests
{
    private const string End = "\u001e";

    private readonly RtmHubProtocol _protocol = new(new JsonHubProtocol());

    [Fact]
    public void One_object_reaches_the_method_as_it_came()
    {
        var request = ReadRequest("""[{"channel":"a","more":[1]}]""");
        Assert.False(request.IsMalformed);
        Assert.Equal("""{"channel":"a","more":[1]}""", request.Body.GetRawText());
    }

    [Theory]
    [InlineData("[[1,2]]", JsonValueKind.Array)]
    [InlineData("[5]", JsonValueKind.Number)]
    [InlineData("[null]", JsonValueKind.Null)]
    [InlineData("[\"\\ud83d\"]", JsonValueKind.String)]
    public void One_argument_of_any_kind_reaches_the_method_as_it_came(string arguments, JsonValueKind kind)
    {
        var request = ReadRequest(arguments);
        Assert.False(request.IsMalformed);
        Assert.Equal(kind, request.Body.ValueKind);
    }

    [Fact]
    public void No_argument_reaches_the_method_as_no_request() => Assert.Equal(HubRequest.None, ReadRequest("[]"));

    [Theory]
    [InlineData("[{},{}]")]
    [InlineData("[1,2,3]")]
    public void More_arguments_reach_the_method_as_a_malformed_request(string arguments) =>
        Assert.Equal(HubRequest.Malformed, ReadRequest(arguments));

    /// <summary>SignalR's parser takes such a frame without a word: reading it again and again would deafen the connection.</summary>
    [Fact]
    public void A_frame_of_an_unknown_type_is_skipped()
    {
        var input = Bytes("""{"type":99}""" + End + """{"type":98}""" + End + """{"type":6}""" + End + "rest");
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
        Assert.IsType<PingMessage>(message);
        Assert.Equal(4, input.Length);

        input = Bytes("""{"type":99}""" + End);
        Assert.False(_protocol.TryParseMessage(ref input, Binder.Instance, out _));
        Assert.Equal(0, input.Length);
    }

    [Fact]
    public void A_frame_whose_text_is_no_UTF8_is_given_to_that_method_too()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"type":1,"target":"Kno?n","arguments":[]}""" + End);
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xe9;
        var input = new ReadOnlySequence<byte>(bytes);
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
        Assert.Equal("$frameUnreadable", Assert.IsType<InvocationMessage>(message).Target);
    }

    [Theory]
    [InlineData("""{"type":1,"invocationId":"7","target":"Known"}""")]
    [InlineData("""{"type":1,"invocationId":"7","target":"Known","arguments":{}}""")]
    [InlineData("""{"type":1,"target":"Known","arguments":[{]}""")]
    [InlineData("""{"type":1e1,"target":"Known","arguments":[]}""")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1")]
    public void A_frame_that_is_no_message_is_given_to_the_method_that_closes_the_connection(string frame)
    {
        var input = Bytes(frame + End + "what follows");
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
        var invocation = Assert.IsType<InvocationMessage>(message);
        Assert.Equal("$frameUnreadable", invocation.Target);
        Assert.Null(invocation.InvocationId);
        Assert.Empty(invocation.Arguments);
        Assert.Equal(0, input.Length);
    }

    [Fact]
    public void The_id_of_an_invocation_is_kept_so_that_it_is_answered() =>
        Assert.Equal("7", Parse("""{"type":1,"invocationId":"7","target":"Known","arguments":[1,2]}""").InvocationId);

    [Fact]
    public void An_unknown_method_stays_unknown()
    {
        var message = Parse("""{"type":1,"invocationId":"7","target":"Unknown","arguments":[{}]}""");
        Assert.Equal("Unknown", message.Target);
        Assert.Equal("7", message.InvocationId);
    }

    [Fact]
    public void What_is_no_invocation_passes_unchanged()
    {
        var input = Bytes("""{"type":6}""" + End);
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
        Assert.Same(PingMessage.Instance, message);
    }

    [Fact]
    public void Half_a_frame_waits_for_its_rest_and_takes_nothing()
    {
        var whole = """{"type":1,"target":"Known","arguments":[{"a":1}]}""" + End;
        for (var length = 0; length < whole.Length; length++)
        {
            var part = Bytes(whole[..length]);
            Assert.False(_protocol.TryParseMessage(ref part, Binder.Instance, out _));
            Assert.Equal(length, part.Length);
        }

        var input = Bytes(whole);
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out _));
        Assert.Equal(0, input.Length);
    }

    [Fact]
    public void Frames_that_came_together_are_read_one_by_one()
    {
        var input = Bytes(Frame("[]", "First") + Frame("[{},{}]", "Second") + Frame("[{}]", "Third") + "{\"ty");
        foreach (var target in new[] { "First", "Second", "Third" })
        {
            Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
            Assert.Equal(target, Assert.IsType<InvocationMessage>(message).Target);
        }

        Assert.False(_protocol.TryParseMessage(ref input, Binder.Instance, out _));
        Assert.Equal(4, input.Length);
    }

    [Fact]
    public void A_frame_in_many_segments_is_read_like_one_in_one()
    {
        var input = Segments(Encoding.UTF8.GetBytes(Frame("""[{"channel":"a"},{}]""")), 3);
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
        Assert.Equal(HubRequest.Malformed, Assert.Single(Assert.IsType<InvocationMessage>(message).Arguments));
    }

    [Fact]
    public void A_frame_of_exactly_256_KiB_is_read()
    {
        var input = Bytes(FrameOf(RtmHubProtocol.FrameBytesMax));
        Assert.Equal(256 * 1024, input.Length);
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
        Assert.Equal("Known", Assert.IsType<InvocationMessage>(message).Target);
        Assert.Equal(0, input.Length);
    }

    [Fact]
    public void A_longer_frame_is_given_to_the_method_that_closes_the_connection()
    {
        // As the server shows it: cut off at the limit.
        var input = Bytes(FrameOf(RtmHubProtocol.FrameBytesMax + 1)).Slice(0, RtmHubProtocol.FrameBytesMax);
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
        var invocation = Assert.IsType<InvocationMessage>(message);
        Assert.Equal("$frameTooLong", invocation.Target);
        Assert.Null(invocation.InvocationId);
        Assert.Empty(invocation.Arguments);
        Assert.Equal(0, input.Length);
    }

    [Fact]
    public void One_byte_less_than_the_limit_may_still_become_a_frame()
    {
        var input = Bytes(FrameOf(RtmHubProtocol.FrameBytesMax)).Slice(0, RtmHubProtocol.FrameBytesMax - 1);
        Assert.False(_protocol.TryParseMessage(ref input, Binder.Instance, out _));
        Assert.Equal(RtmHubProtocol.FrameBytesMax - 1, input.Length);
    }

    [Fact]
    public void It_is_SignalRs_own_protocol_in_all_else()
    {
        var inner = new JsonHubProtocol();
        Assert.Equal(inner.Name, _protocol.Name);
        Assert.Equal(inner.Version, _protocol.Version);
        Assert.Equal(inner.TransferFormat, _protocol.TransferFormat);
        Assert.True(_protocol.IsVersionSupported(1));
        var ping = inner.GetMessageBytes(PingMessage.Instance).ToArray();
        Assert.Equal(ping, _protocol.GetMessageBytes(PingMessage.Instance).ToArray());
        var output = new ArrayBufferWriter<byte>();
        _protocol.WriteMessage(PingMessage.Instance, output);
        Assert.Equal(ping, output.WrittenSpan.ToArray());
    }

    private HubRequest ReadRequest(string arguments) => Assert.IsType<HubRequest>(
        Assert.Single(Parse($$"""{"type":1,"invocationId":"7","target":"Known","arguments":{{arguments}}}""").Arguments));

    private InvocationMessage Parse(string frame)
    {
        var input = Bytes(frame + End);
        Assert.True(_protocol.TryParseMessage(ref input, Binder.Instance, out var message));
        Assert.Equal(0, input.Length);
        return Assert.IsType<InvocationMessage>(message);
    }

    private static string Frame(string arguments, string target = "Known") =>
        $$"""{"type":1,"invocationId":"7","target":"{{target}}","arguments":{{arguments}}}""" + End;

    private static string FrameOf(int bytes)
    {
        const string Head = """{"type":1,"target":"Known","arguments":[{"payload":""";
        const string Tail = "}]}" + End;
        return Head + "\"" + new string('a', bytes - Head.Length - Tail.Length - 2) + "\"" + Tail;
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static ReadOnlySequence<byte> Segments(byte[] bytes, int size)
    {
        var first = new Segment(bytes.AsMemory(0, size), 0);
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
            last = last.Append(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    /// <summary>Binds as the hub does: each known method takes one request.</summary>
    private sealed class Binder : IInvocationBinder
    {
        public static Binder Instance { get; } = new();

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => methodName == "Unknown"
            ? throw new HubException("Method does not exist.")
            : [typeof(HubRequest)];

        public Type GetReturnType(string invocationId) => throw new NotSupportedException();

        public Type GetStreamItemType(string streamId) => throw new NotSupportedException();
    }
}
