using System.Collections.Immutable;
using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.TestKit.Conversations;

namespace ImOrleans.Storage.Tests.MessageLog;

/// <summary>
/// A random life of a log, told by a seed: the same calls to a store and to the log in memory, whose answers must agree.
/// Writes go in bursts, so that they share transactions; reads come in between, and the store is opened anew now and then.
/// </summary>
internal sealed class MessageLogModel(int seed, ManualTimeProvider clock, Func<Task<IMessageLog>> reopen)
{
    private const int Conversations = 12;
    private const int Users = 8;

    private readonly Random _random = new(seed);
    private readonly MemoryMessageLog _model = new(clock);
    private readonly Dictionary<ConversationKey, ConversationHead> _known = [];
    private IMessageLog _log = null!;
    private int _step;

    public async Task RunAsync(int steps)
    {
        _log = await reopen();
        for (_step = 0; _step < steps; _step++)
        {
            switch (_random.Next(20))
            {
                case 0:
                    clock.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 2000)));
                    break;
                case 1:
                    await RemoveAsync();
                    break;
                case 2 when _random.Next(10) == 0:
                    _log = await reopen();
                    break;
                case < 12:
                    await BurstAsync();
                    break;
                default:
                    await CompareAsync();
                    break;
            }
        }

        for (var i = 0; i < 100; i++)
            await CompareAsync();
    }

    private ConversationKey Key() => _random.Next(Conversations) is var i && i % 2 == 0
        ? ConversationKey.Group(new($"g{i}"))
        : ConversationKey.Private(new($"u{i % Users}"), new($"u{(i + 3) % Users}"));

    private UserId User() => new($"u{_random.Next(Users)}");

    private DeviceId Device() => new($"d{_random.Next(3)}");

    private ImmutableArray<UserId> SomeUsers(int max) =>
        [.. Enumerable.Range(0, _random.Next(max + 1)).Select(_ => User()).Distinct()];

    /// <summary>Writes that wait together. Their order is that of the calls, so the model's answers are the store's.</summary>
    private async Task BurstAsync()
    {
        var calls = new List<(Task<string> Log, Task<string> Model)>();
        for (var i = _random.Next(1, 12); i > 0; i--)
        {
            var write = Write();
            calls.Add((write(_log), write(_model)));
        }

        foreach (var (log, model) in calls)
            Agree(await model.Guard(), await log.Guard());
    }

    private Func<IMessageLog, Task<string>> Write()
    {
        var (key, user, device) = (Key(), User(), Device());
        var head = _known.GetValueOrDefault(key, ConversationHead.None);
        // Now and then somebody writes with an epoch or a number that is not the right one.
        var epoch = Math.Max(1, head.Epoch - (_random.Next(12) == 0 ? 1 : 0));
        switch (_random.Next(12))
        {
            case 0:
                _known[key] = head with { Epoch = head.Epoch + 1 };
                return log => ToldAsync(log.OpenAsync(key));
            case 1:
                var profile = new GroupProfile($"n{_random.Next(100)}", user, _random.Next(2) == 0, false);
                return log => ToldAsync(log.WriteProfileAsync(key, epoch, profile));
            case 2:
                var joining = SomeUsers(4);
                var change = new MembersChange(key, epoch, joining, [.. SomeUsers(3).Except(joining)]);
                return log => ToldAsync(log.ChangeMembersAsync(change));
            case 3:
                var readSeq = head.Seq + _random.Next(-20, 3);
                return log => ToldAsync(log.WriteReadAsync(user, key, readSeq));
            case 4:
                var row = new DeviceRow(device, _random.Next(1000), _random.Next(1000));
                return log => ToldAsync(log.TouchDeviceAsync(user, row));
            case 5 when _random.Next(3) == 0:
                return log => ToldAsync(log.RemoveDeviceAsync(user, device));
            case 5 or 6:
                DevicePosition[] positions = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Key())
                    .Select(one => new DevicePosition(
                        one, Math.Max(0, _known.GetValueOrDefault(one, ConversationHead.None).Seq + _random.Next(-20, 3))))];
                return log => ToldAsync(log.WritePositionsAsync(user, device, positions));
            default:
                var append = Append(key, epoch, head);
                return log => ToldAsync(log.AppendAsync(append));
        }
    }

    private ConversationAppend Append(ConversationKey key, long epoch, ConversationHead head)
    {
        var firstSeq = Math.Max(1, head.Seq + 1 + (_random.Next(15) == 0 ? _random.Next(-1, 2) : 0));
        ImmutableArray<ChatMessage> messages = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(i => new ChatMessage(
            MessageUId.Create(key, firstSeq + i, _random.NextInt64()), User(), $"t{_random.Next(3)}",
            Encoding.UTF8.GetBytes($"{_step} {i} {new string('x', _random.Next(300))}"),
            (MessageFlags)_random.Next(4), _random.Next(3) == 0 ? $"{_step} {i} {_random.Next(1000)}" : null, SomeUsers(2),
            default))];
        // Now and then a name of before, which is an error when it is still there.
        if (_random.Next(10) == 0)
            messages = [messages[0] with { ClientMessageId = $"again {_random.Next(20)}" }, .. messages[1..]];
        if (firstSeq == head.Seq + 1 && epoch == head.Epoch)
            _known[key] = head with { Seq = head.Seq + messages.Length };
        return new(key, epoch, firstSeq, messages, SomeUsers(2));
    }

    private async Task RemoveAsync()
    {
        var before = clock.GetUtcNow().ToUnixTimeMilliseconds() - _random.Next(60_000);
        if (_random.Next(2) == 0)
        {
            // Which of those of one time go first is open: so all or none of a time.
            var all = int.MaxValue;
            Agree(await ToldAsync(_model.RemoveAsync(before, all)), await ToldAsync(_log.RemoveAsync(before, all)));
        }
        else
        {
            var seen = _random.Next(1000);
            Agree(await ToldAsync(_model.RemoveDevicesAsync(seen, int.MaxValue)),
                await ToldAsync(_log.RemoveDevicesAsync(seen, int.MaxValue)));
        }
    }

    /// <summary>Asks both the same. What was thought of a head may be wrong after an error: here it is learnt anew.</summary>
    private async Task CompareAsync()
    {
        var (key, user, device) = (Key(), User(), Device());
        _known[key] = (await _model.ReadHeadsAsync([key]))[0];
        var seq = _known[key].Seq;
        var after = _random.NextInt64(seq + 2);
        var range = new MessageRange(
            after, _random.Next(3) == 0 ? long.MaxValue : _random.NextInt64(seq + 3), _random.Next(1, 200), _random.Next(2) == 0);
        var at = clock.GetUtcNow().ToUnixTimeMilliseconds() - _random.Next(60_000);
        var name = $"again {_random.Next(20)}";
        ConversationKey[] keys = [key, Key()];
        UserId? from = _random.Next(2) == 0 ? null : user;
        await BothAsync(log => ToldAsync(log.ReadHeadsAsync(keys)));
        await BothAsync(log => ToldAsync(log.ReadTotalsAsync([user, new("u0")])));
        await BothAsync(log => ToldAsync(log.ReadAsync(key, range)));
        await BothAsync(log => ToldAsync(log.FindSeqAsync(key, at)));
        await BothAsync(log => ToldAsync(log.FindAsync(key, user, name)));
        await BothAsync(log => ToldAsync(log.ReadProfileAsync(key)));
        await BothAsync(log => ToldAsync(log.ReadMembersAsync(key, from, 3)));
        await BothAsync(log => ToldAsync(log.ReadEntriesAsync(user, null, 5)));
        await BothAsync(log => ToldAsync(log.ReadEntriesAsync(user, key, 5)));
        await BothAsync(log => ToldAsync(log.ReadEntryAsync(user, key)));
        await BothAsync(log => ToldAsync(log.ReadDevicesAsync(user), isSorted: true));
        await BothAsync(log => ToldAsync(log.ReadPositionsAsync(user, device), isSorted: true));
    }

    private async Task BothAsync(Func<IMessageLog, Task<string>> ask) => Agree(await ask(_model), await ask(_log).Guard());

    private void Agree(string expected, string actual)
    {
        if (expected != actual)
            Assert.Fail($"Seed {seed}, step {_step}:\n{expected}\nin memory, but in the store\n{actual}");
    }

    private static async Task<string> ToldAsync(Task write)
    {
        await write;
        return "done";
    }

    private static async Task<string> ToldAsync<T>(Task<T> call, bool isSorted = false)
    {
        try
        {
            var rows = Tell(await call);
            return string.Join("\n", isSorted ? rows.Order(StringComparer.Ordinal) : rows);
        }
        catch (ArgumentException)
        {
            return "an error";
        }
    }

    private static IEnumerable<string> Tell<T>(T answer) => answer switch
    {
        MessagePage page => page.Messages.Select(Tell).Append($"more: {page.HasMore}"),
        StoredMessage message => [Tell(message)],
        System.Collections.IEnumerable rows => rows.Cast<object>().Select(row => $"{row}"),
        _ => [$"{answer}"],
    };

    private static string Tell(StoredMessage one) =>
        $"{one.Seq} {one.SentAtUnixMs} {one.Message.UId} {one.Message.Sender} {one.Message.ObjectName} {one.Message.Flags} "
        + $"{one.Message.ClientMessageId} {string.Join(',', one.Message.Receivers)} {Encoding.UTF8.GetString(one.Message.Content.Span)}";
}
