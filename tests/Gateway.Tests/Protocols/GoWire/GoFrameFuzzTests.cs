using System.Buffers;
using System.Diagnostics;
using ImOrleans.Gateway.Protocols.GoWire;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using Xunit.Abstractions;

namespace ImOrleans.Gateway.Tests.Protocols.GoWire;

/// <summary>
/// Random bytes, and genuine frames that were cut, flipped, stretched and joined: reading always ends, never throws, takes
/// what it has read, and allocates in proportion to what was there. A failure names the round; the seed is fixed.
/// </summary>
public sealed class GoFrameFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261121;

    /// <summary>Lists of fields and the like: what a byte that was received may cost at most.</summary>
    private const int AllocatedPerByteMax = 64;

    private const int AllocatedPerFrameMax = 2048;

    private const int AttemptsMax = 5;

    private static readonly byte[][] Genuine =
    [
        Frame(GoUri.Login, m => m.Text(1, "app1").Text(2, "alice").Text(5, "tokA").Text(16, "{}")),
        Frame(GoUri.StreamJoin, m => m.Text(1, "lobby").Text(2, "token").Number(3, 1)),
        Frame(GoUri.JoinTopic, m => m.Text(1, "lobby").Text(2, "news").Number(3, 1).Number(4, 8).Text(6, "meta")),
        Frame(GoUri.StreamPublish, m => m.Text(1, "lobby").Text(2, "news").Number(3, 1).Number(4, -1).Bytes(5, new byte[90])),
        Frame(GoUri.SubscribeTopic, m => m.Text(1, "lobby").Text(2, "news").All(3, ["a", "", "c"])),
        Frame(GoUri.MessagePublish, m => m.Text(1, "bob").Number(2, 1).Bytes(4, "hello"u8).Text(5, "ct").Number(6, 3)),
        Frame(GoUri.RenewToken, m => m.Text(1, "tokB").Text(2, "lobby")),
        Frame(GoUri.MessageSubscribe, m => m.Text(1, "lobby").Number(2, 1).Number(4, 1)),
        Frame(GoUri.ChangeChannelMetadata, m => Pairs(m.Text(1, "lobby").Number(2, 2).Number(3, 1), 4).Number(5, -1).Text(6, "door")),
        Frame(GoUri.SetState, m => Pairs(m.Text(1, "lobby").Number(2, 1), 3)),
        Frame(GoUri.LockAcquire, m => m.Text(1, "lobby").Number(2, 2).Text(3, "door").Number(4, 1)),
        Frame(GoUri.Logout, m => m),
    ];

    [Fact]
    public void No_damaged_frame_stops_the_reader_or_costs_more_than_it_holds()
    {
        var random = new Random(Seed);
        var bytes = new byte[4096];
        var (whole, broken, readTicks) = (0, 0, 0L);
        var rounds = LongRun.Rounds(1_000_000, 10_000_000);
        for (var round = 0; round < rounds; round++)
        {
            var length = Damage(random, bytes);
            var begun = Stopwatch.GetTimestamp();
            try
            {
                var status = ReadAll(bytes.AsMemory(0, length));
                whole += status.Whole;
                broken += status.IsBroken ? 1 : 0;
            }
            catch (Exception failure)
            {
                Assert.Fail($"Round {round}, {Convert.ToHexString(bytes, 0, length)}: {failure}");
            }

            readTicks += Stopwatch.GetTimestamp() - begun;
        }

        output.WriteLine(
            $"{rounds} rounds, {whole} whole frames, {broken} broken, "
            + $"{Stopwatch.GetElapsedTime(0, readTicks).TotalNanoseconds / rounds:0} ns a round");
        // The damage leaves something of each kind.
        Assert.InRange(whole, rounds / 4, rounds * 3);
        Assert.InRange(broken, rounds / 4, rounds);
    }

    private static (int Whole, bool IsBroken) ReadAll(ReadOnlyMemory<byte> bytes)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var (frames, status) = ReadOnce(bytes);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated <= (AllocatedPerByteMax * bytes.Length) + (AllocatedPerFrameMax * (frames + 1)))
                return (frames, status == GoFrameStatus.Broken);

            // A collection that another thread sets off in between costs this one the rest of its 8 KiB: once, not always.
            if (attempt == AttemptsMax)
                throw new InvalidOperationException($"{allocated} bytes were allocated.");
        }
    }

    private static (int Whole, GoFrameStatus Status) ReadOnce(ReadOnlyMemory<byte> bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        var frames = 0;
        GoFrameStatus status;
        for (; (status = GoFrameCodec.TryRead(ref input, GoFrameKind.Request, out var frame)) == GoFrameStatus.Whole; frames++)
            ReadFields(new GoRequest(frame));
        return (frames, status);
    }

    /// <summary>Reads as every kind of request is read.</summary>
    private static void ReadFields(GoRequest request)
    {
        request.Channel(1);
        request.Topic(2);
        request.User(2);
        request.Users(3);
        request.Text(16);
        request.Number(4);
        request.HasBytes(2);
        request.ChannelType(2);
        request.Lock(3);
        request.Texts(3, ErrorCode.PresenceInvalidStateKey);
        foreach (var item in request.Messages(4))
            item.TextOrNull(2, ErrorCode.StorageInvalidValue);
        request.TextOrNull(6, ErrorCode.ChannelInvalidTopicMeta);
        var payload = request.Payload(3, 5, 6, 1024);
        if (request.Refusal is null && (payload.Bytes.Length > 1024 || !Enum.IsDefined(payload.Type)))
            throw new InvalidOperationException("A payload was taken that is not allowed.");
    }

    /// <summary>Writes one round's bytes; returns how many.</summary>
    private static int Damage(Random random, byte[] bytes)
    {
        if (random.Next(8) == 0)
        {
            var length = random.Next(64);
            random.NextBytes(bytes.AsSpan(0, length));
            return length;
        }

        var count = 0;
        for (var frames = random.Next(1, 4); frames > 0; frames--)
        {
            var genuine = Genuine[random.Next(Genuine.Length)];
            genuine.CopyTo(bytes, count);
            count += genuine.Length;
        }

        for (var wounds = random.Next(0, 4); wounds > 0 && count > 0; wounds--)
        {
            var at = random.Next(count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1: // Cut.
                    count = at;
                    break;
                case 2: // A huge length somewhere.
                    bytes.AsSpan(at, Math.Min(random.Next(1, 6), count - at)).Fill(0xFF);
                    break;
                case 3: // Something taken out.
                    var gap = Math.Min(random.Next(1, 9), count - at);
                    bytes.AsSpan((at + gap)..count).CopyTo(bytes.AsSpan(at));
                    count -= gap;
                    break;
                default: // Something doubled.
                    bytes.AsSpan(at..count).CopyTo(bytes.AsSpan(at + 1));
                    count++;
                    break;
            }
        }

        return count;
    }

    private static GoMessageWriter Pairs(GoMessageWriter message, int field) => message
        .OneOf(field, new GoMessageWriter().Text(1, "key").Text(2, "value").Number(4, 7))
        .OneOf(field, new GoMessageWriter().Text(1, "k").Text(2, "v"));

    private static byte[] Frame(GoUri uri, Func<GoMessageWriter, GoMessageWriter> write) =>
        GoFrameCodec.Write(new(12345, uri, write(new()).Written), GoFrameKind.Request);
}
