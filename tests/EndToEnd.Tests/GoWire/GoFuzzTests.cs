using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;
using ImOrleans.TestKit;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>Requests that mean nothing, and bytes that are none, at the running door. Seeds are fixed.</summary>
public sealed class GoFuzzTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Seed = 20261121;
    private const int UnfinishedMax = 16;

    private ServerProcess Server => fixture.Server;

    /// <summary>A request that is not answered costs the SDK its whole time-out.</summary>
    [Fact]
    public async Task Whatever_a_request_holds_it_is_answered()
    {
        var random = new Random(Seed);
        await using var client = await Server.LoginAsync("fuzz");
        await client.JoinAsync("fuzz");
        var codes = new HashSet<int>();
        for (var left = LongRun.Rounds(4_000, 200_000); left > 0; left -= UnfinishedMax)
        {
            var asked = Enumerable.Range(0, UnfinishedMax)
                .Select(_ => client.AskAsync(AnyUri(random), AnyMessage(random))).ToArray();
            foreach (var reply in await Task.WhenAll(asked))
                codes.Add(reply.Code);
        }

        Assert.Contains(0, codes);
        Assert.DoesNotContain("fail:", Server.Output, StringComparison.Ordinal);
        await client.DoAsync(GoUris.SetParameters, new());
    }

    [Fact]
    public async Task Damaged_frames_close_their_own_connection_at_most()
    {
        var random = new Random(Seed);
        await using var bystander = await Server.LoginAsync("fuzz-bystander");
        await bystander.JoinAsync("fuzz-bystander");
        for (var left = LongRun.Rounds(100, 3_000); left > 0; left--)
        {
            await using var client = await Server.LoginAsync("fuzz-damage");
            SendDamaged(client, random);
            // The length that is announced is not always there: whoever waits for the rest is let go.
            await bystander.DoAsync(GoUris.SetParameters, new());
        }

        Assert.DoesNotContain("fail:", Server.Output, StringComparison.Ordinal);
        await bystander.JoinTopicAsync("fuzz-bystander", "t");
    }

    private static void SendDamaged(GoClient client, Random random)
    {
        try
        {
            for (var frames = random.Next(1, 20); frames > 0; frames--)
            {
                var frame = GoClient.Frame(random.Next(1, 1000), AnyUri(random), AnyMessage(random).ToBytes());
                if (random.Next(4) == 0)
                    frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
                client.Send(random.Next(8) == 0 ? frame[..random.Next(frame.Length)] : frame);
            }
        }
        catch (IOException)
        {
            // It was closed meanwhile.
        }
    }

    /// <summary>Any but the one that ends the session.</summary>
    private static int AnyUri(Random random)
    {
        var uri = random.Next(50) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(116);
        return uri == GoUris.Logout ? GoUris.SetParameters : uri;
    }

    private static GoFields AnyMessage(Random random)
    {
        var message = new GoFields();
        for (var fields = random.Next(8); fields > 0; fields--)
        {
            var number = random.Next(1, 9);
            _ = random.Next(6) switch
            {
                0 => message.With(number, random.Next(10)),
                1 => message.With(number, random.NextInt64(long.MinValue, long.MaxValue)),
                2 => message.With(number, AnyBytes(random)),
                3 => message.With(number, new GoFields().With(1, "k").With(2, "v").With(random.Next(1, 6), AnyBytes(random))
                    .ToBytes()),
                _ => message.With(number, random.Next(3) == 0 ? "fuzz" : $"n{random.Next(30)}"),
            };
        }

        return message;
    }

    private static byte[] AnyBytes(Random random)
    {
        var bytes = new byte[random.Next(10) == 0 ? random.Next(40_000) : random.Next(80)];
        random.NextBytes(bytes);
        return bytes;
    }
}
