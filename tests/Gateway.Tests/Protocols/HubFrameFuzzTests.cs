using System.Buffers;
using System.Text;
using ImOrleans.Gateway.Protocols;
using ImOrleans.Gateway.Protocols.SignalR;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace ImOrleans.Gateway.Tests.Protocols;

/// <summary>
/// Frames that were cut, flipped, doubled and mixed: the protocol takes each or turns it away, always gets on, and whatever
/// reaches a method can be read field by field. A failure names the round; the seed is fixed.
/// </summary>
public sealed class HubFrameFuzzTests
{
    private const int Seed = 20261121;
    private const byte RecordSeparator = 0x1e;

    private static readonly byte[][] Genuine =
    [
        .. new[]
        {
            """{"type":6}""",
            """{"type":1,"invocationId":"1","target":"JoinChannel","arguments":[{"channel":"lobby","token":null}]}""",
            """{"type":1,"invocationId":"2","target":"PublishTopic","arguments":[{"channel":"a","topic":"b","messageType":"binary","payload":"AAEC","sendTs":17}]}""",
            """{"arguments":[{"channel":"\ud83d\ude00","topic":"t","users":["a","b",1]}],"target":"SubscribeTopic","type":1}""",
            """{"type":1,"target":"JoinTopic","arguments":[{"channel":"c","topic":"t","qos":"ordered","priority":"low","meta":"m","syncMedia":true}]}""",
            """{"type":4,"invocationId":"3","target":"GetServerTime","arguments":[]}""",
            """{"type":3,"invocationId":"4","result":{"a":[1,2,3]}}""",
            """{"type":7,"error":"x","allowReconnect":true}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void No_damaged_frame_stops_the_protocol_or_the_reader()
    {
        var random = new Random(Seed);
        var protocol = new RtmHubProtocol(new JsonHubProtocol());
        var rounds = LongRun.Rounds(20_000, 2_000_000);
        for (var round = 0; round < rounds; round++)
        {
            var bytes = Damage(random);
            try
            {
                ReadAll(protocol, bytes);
            }
            catch (Exception failure)
            {
                Assert.Fail($"Round {round}, {Convert.ToHexString(bytes)}: {failure}");
            }
        }
    }

    private static void ReadAll(RtmHubProtocol protocol, byte[] bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        for (var left = input.Length; protocol.TryParseMessage(ref input, Binder.Instance, out var message);)
        {
            Assert.True(input.Length < left, "A message was read and nothing was taken.");
            left = input.Length;
            if (message is InvocationMessage { Arguments: [HubRequest request] })
                ReadFields(new RequestReader(request));
        }

        Assert.True(input.IsEmpty || input.PositionOf(RecordSeparator) is null, "A whole frame was left lying.");
    }

    private static void ReadFields(RequestReader read)
    {
        read.Channel();
        read.Topic();
        read.User("channel");
        read.Users();
        read.Flag("syncMedia", false);
        read.Number("sendTs");
        read.Text("token");
        read.Payload(1024);
        PublisherRoleReader.Read(read);
        if (read.Refusal is { } refusal)
            Assert.NotEqual(0, Reply.Refused(refusal).Code);
    }

    private static byte[] Damage(Random random)
    {
        var bytes = new List<byte>();
        for (var frames = random.Next(1, 4); frames > 0; frames--)
        {
            bytes.AddRange(Genuine[random.Next(Genuine.Length)]);
            bytes.Add(RecordSeparator);
        }

        for (var wounds = random.Next(0, 6); wounds > 0 && bytes.Count > 0; wounds--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)));
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes];
    }

    private sealed class Binder : IInvocationBinder
    {
        public static Binder Instance { get; } = new();

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [typeof(HubRequest)];

        public Type GetReturnType(string invocationId) => typeof(object);

        public Type GetStreamItemType(string streamId) => typeof(object);
    }
}
