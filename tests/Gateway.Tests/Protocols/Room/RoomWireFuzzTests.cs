using System.Diagnostics;
using ImOrleans.Gateway.Protocols.Room;
using ImOrleans.Gateway.Protocols.Room.Wire;
using Xunit.Abstractions;

namespace ImOrleans.Gateway.Tests.Protocols.Room;

/// <summary>
/// Random bytes, and genuine messages that were cut, flipped and stretched: reading never throws and allocates in proportion to
/// what was there. A failure names the round; the seed is fixed.
/// </summary>
public sealed class RoomWireFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261121;
    private const int AllocatedPerByteMax = 64;

    /// <summary>Most of it is an exception's.</summary>
    private const int AllocatedPerMessageMax = 16 * 1024;

    private const int AttemptsMax = 5;

    private static readonly byte[][] Genuine =
    [
        RoomBytes.SignIn("eyJhbGciOiJIUzI1NiJ9.eyJ1aWQiOiIxIn0.c2lnbmF0dXJl", "room-1"),
        RoomBytes.Req(RoomBytes.Heartbeat),
        RoomBytes.Req(RoomBytes.Members),
        RoomBytes.Message("room-1", "hello"),
        RoomBytes.Message("room-1", 1, new byte[200]),
        RoomBytes.Req(RoomBytes.Unknown, 1, 2, 3),
    ];

    [Fact]
    public void No_damaged_message_stops_the_reader_or_costs_more_than_it_holds()
    {
        var random = new Random(Seed);
        var bytes = new byte[1024];
        var (read, watch) = (0, new Stopwatch());
        var rounds = LongRun.Rounds(1_000_000, 10_000_000);
        for (var round = 0; round < rounds; round++)
        {
            var length = Damage(random, bytes);
            watch.Start();
            try
            {
                read += Read(bytes.AsSpan(0, length)) ? 1 : 0;
            }
            catch (Exception failure)
            {
                Assert.Fail($"Round {round}, {Convert.ToHexString(bytes, 0, length)}: {failure}");
            }

            watch.Stop();
        }

        output.WriteLine($"{rounds} rounds, {read} read, {watch.Elapsed.TotalNanoseconds / rounds:0} ns a round");
        // The damage leaves something of each kind.
        Assert.InRange(read, rounds / 8, rounds * 7 / 8);
    }

    private static bool Read(ReadOnlySpan<byte> bytes)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var isRead = ReadOnce(bytes);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated <= (AllocatedPerByteMax * bytes.Length) + AllocatedPerMessageMax)
                return isRead;

            // A collection that another thread sets off in between costs this one the rest of its 8 KiB: once, not always.
            if (attempt == AttemptsMax)
                throw new InvalidOperationException($"{allocated} bytes were allocated.");
        }
    }

    private static bool ReadOnce(ReadOnlySpan<byte> bytes) =>
        RoomWire.TryReadRequest(bytes, out var request) && request.Type switch
        {
            PackageType.SignIn => RoomWire.TryReadSignIn(request.Data, out _),
            PackageType.Message => RoomWire.TryReadMessage(request.Data, out _),
            _ => true,
        };

    /// <summary>Writes one round's bytes; returns how many.</summary>
    private static int Damage(Random random, byte[] bytes)
    {
        if (random.Next(8) == 0)
        {
            var length = random.Next(64);
            random.NextBytes(bytes.AsSpan(0, length));
            return length;
        }

        var genuine = Genuine[random.Next(Genuine.Length)];
        genuine.CopyTo(bytes, 0);
        var count = genuine.Length;
        for (var wounds = random.Next(0, 4); wounds > 0 && count > 0; wounds--)
        {
            var at = random.Next(count);
            switch (random.Next(4))
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
                default: // Something doubled.
                    bytes.AsSpan(at..count).CopyTo(bytes.AsSpan(at + 1));
                    count++;
                    break;
            }
        }

        return count;
    }
}
