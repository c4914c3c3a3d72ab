using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Tests.Conversations;
using ImOrleans.TestKit.Conversations;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>
/// Senders who repeat what they got no good answer for, over a store that fails in every way, while others open the
/// conversation now and then. What was accepted is stored once, as it was answered.
/// </summary>
public sealed class SendRandomlyTests : ConversationTest
{
    private static readonly int Steps = LongRun.IsFull ? 50_000 : 2_000;

    private readonly Dictionary<string, string> _senders = [];
    private readonly Dictionary<string, ChatMessageSent> _accepted = [];
    private readonly Dictionary<string, Task<Outcome<ChatMessageSent>>> _underWay = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_was_accepted_is_stored_once_as_answered(int seed)
    {
        var random = new Random(seed);
        var refused = new List<string>();
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(10))
            {
                case 0:
                    Log.FailAppends(Any(random));
                    break;
                case 1 when random.Next(4) == 0:
                    Log.FailOthers(Any(random));
                    break;
                case 2 when random.Next(8) == 0:
                    // Another activation, that goes away again.
                    _ = Begin(() => Log.OpenAsync(AnnAndBob));
                    break;
                case 3:
                    Log.HoldAppends();
                    break;
                case 4:
                    Do(() => Log.ReleaseAppends());
                    break;
                case 5:
                    Do(() => _ = Log.ApplyLate());
                    break;
                case 6 when random.Next(10) == 0:
                    Advance(TimeSpan.FromMilliseconds(random.Next(5000)));
                    break;
                case 7 when refused.Count > 0:
                    Again(refused, random.Next(refused.Count));
                    break;
                case 8 when _accepted.Count > 0:
                    Again([_accepted.Keys.ElementAt(random.Next(_accepted.Count))], 0);
                    break;
                default:
                    _senders[$"m{step}"] = random.Next(2) == 0 ? "ann" : "bob";
                    _underWay[$"m{step}"] = BeginSend($"m{step}", $"m{step}", _senders[$"m{step}"]);
                    break;
            }

            refused.AddRange(Collect(seed, step));
        }

        Do(() => Log.ReleaseAppends());
        Advance(TimeSpan.FromSeconds(10));
        Do(() => _ = Log.ApplyLate());
        refused.AddRange(Collect(seed, Steps));
        Assert.Empty(_underWay);

        var stored = Stored();
        Assert.Equal(Enumerable.Range(1, stored.Count).Select(i => (long)i), stored.Select(message => message.Seq));
        var byName = stored.ToDictionary(message => message.Message.ClientMessageId!);
        foreach (var (name, sent) in _accepted)
            Assert.True(
                byName.TryGetValue(name, out var one)
                    && (one.Message.UId, one.Seq, one.SentAtUnixMs) == (sent.UId, sent.Seq, sent.SentAtUnixMs),
                $"Seed {seed}: {name} was answered as {sent}, and is stored as {byName.GetValueOrDefault(name)}.");
        Assert.True(_accepted.Count > Steps / 25, $"Seed {seed}: only {_accepted.Count} were accepted.");
        Assert.NotEmpty(refused);
    }

    private void Again(List<string> names, int place)
    {
        var name = names[place];
        names.RemoveAt(place);
        if (_underWay.ContainsKey(name))
            return;
        _underWay[name] = BeginSend(name, name, _senders[name]);
    }

    private IEnumerable<string> Collect(int seed, int step)
    {
        foreach (var (name, send) in _underWay.Where(one => one.Value.IsCompleted).ToArray())
        {
            _underWay.Remove(name);
            var outcome = Finish(send);
            if (!outcome.IsAccepted)
            {
                Assert.Equal(ErrorCode.InternalErrror, outcome.Refusal.Code);
                if (!_accepted.ContainsKey(name))
                    yield return name;
            }
            else if (!_accepted.TryAdd(name, outcome.Value))
            {
                Assert.True(Once(_accepted[name]) == Once(outcome.Value), $"Seed {seed}, step {step}: {name} was answered twice, differently.");
            }
        }
    }

    private static LogFault Any(Random random) => (LogFault)random.Next((int)LogFault.Late + 1);

    private static ChatMessageSent Once(ChatMessageSent sent) => sent with { IsRepeated = false };
}
