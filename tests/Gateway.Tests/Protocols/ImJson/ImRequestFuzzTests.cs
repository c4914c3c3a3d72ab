using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ImOrleans.Gateway.Protocols.ImJson;
using Xunit.Abstractions;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

/// <summary>
/// Random bytes, and genuine frames that were cut, flipped, stretched and joined: reading always ends, never throws, and
/// what was read can be answered. A failure names the round; the seed is fixed.
/// </summary>
public sealed class ImRequestFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261121;

    private static readonly byte[][] Genuine =
    [
        .. new[]
        {
            """{"seq":"1565336219141-266129","cmd":"login","data":{"userId":"ann","appId":101}}""",
            """{"seq":"2","cmd":"login","data":{"userID":"\u4f60\ud83d\ude00","appID":1.01e2,"serviceToken":"a.b.c"}}""",
            """{"seq":"3","cmd":"heartbeat","data":{}}""",
            """{"SEQ":"4","Cmd":"ping","other":[1,2,{"x":null}],"data":[true,false,"\\\"\/"]}""",
            """{"seq":null,"cmd":"dance","data":{"a":{"b":[[[[1e10]]]]}}}""",
            "null",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    [Fact]
    public void No_damaged_frame_stops_the_reader()
    {
        var random = new Random(Seed);
        var bytes = new byte[4096];
        var (read, refused) = (0, 0);
        var begun = Stopwatch.GetTimestamp();
        var rounds = LongRun.Rounds(1_000_000, 10_000_000);
        for (var round = 0; round < rounds; round++)
        {
            var length = Damage(random, bytes);
            try
            {
                if (Read(bytes.AsMemory(0, length)))
                    read++;
                else
                    refused++;
            }
            catch (Exception failure)
            {
                Assert.Fail($"Round {round}, {Convert.ToHexString(bytes, 0, length)}: {failure}");
            }
        }

        output.WriteLine($"{rounds} rounds, {read} read, {refused} refused, {Stopwatch.GetElapsedTime(begun)}");
        // The damage leaves something of each kind.
        Assert.InRange(read, rounds / 10, rounds);
        Assert.InRange(refused, rounds / 10, rounds);
    }

    [Fact]
    public void What_is_one_value_is_as_the_framework_says()
    {
        var random = new Random(Seed);
        var bytes = new byte[4096];
        var rounds = LongRun.Rounds(20_000, 1_000_000);
        for (var round = 0; round < rounds; round++)
        {
            var json = bytes.AsSpan(0, Damage(random, bytes));
            if (JsonForm.IsWhole(json) != IsWhole(json))
                Assert.Fail($"Round {round}, {Convert.ToHexString(json)}");
        }

        static bool IsWhole(ReadOnlySpan<byte> json)
        {
            try
            {
                var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonForm.DepthMax });
                while (reader.Read())
                {
                }

                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    private static bool Read(ReadOnlyMemory<byte> frame)
    {
        if (!ImRequest.TryRead(frame, out var request))
            return false;
        if (request.TryReadLogin(out var login) && (login.UserId is null || login.ServiceToken is null))
            throw new InvalidOperationException("A login was read that has no fields.");
        _ = request.IsHeartbeat();
        _ = ImFrames.Reply(request, ImCode.RoutingNotExist);
        return true;
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

        var genuine = Genuine[random.Next(Genuine.Length)];
        genuine.CopyTo(bytes, 0);
        var count = genuine.Length;
        for (var wounds = random.Next(0, 4); wounds > 0 && count > 0; wounds--)
        {
            var at = random.Next(count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1: // Cut.
                    count = at;
                    break;
                case 2: // A run of one byte: digits, brackets, quotes, escapes, or none that JSON knows.
                    bytes.AsSpan(at, Math.Min(random.Next(1, 400), bytes.Length - at)).Fill("9[{\"\\\xFF "u8[random.Next(7)]);
                    count = Math.Min(bytes.Length, Math.Max(count, at + random.Next(1, 400)));
                    break;
                case 3: // Something taken out.
                    var gap = Math.Min(random.Next(1, 9), count - at);
                    bytes.AsSpan((at + gap)..count).CopyTo(bytes.AsSpan(at));
                    count -= gap;
                    break;
                case 4: // Another one behind it, or in the middle.
                    var other = Genuine[random.Next(Genuine.Length)];
                    other.CopyTo(bytes, at);
                    count = Math.Max(count, at + other.Length);
                    break;
                default: // Something doubled.
                    bytes.AsSpan(at..Math.Min(count, bytes.Length - 1)).CopyTo(bytes.AsSpan(at + 1));
                    count = Math.Min(count + 1, bytes.Length);
                    break;
            }
        }

        return count;
    }
}
