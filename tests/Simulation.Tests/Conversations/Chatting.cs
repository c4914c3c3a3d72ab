using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Simulation.Tests;

/// <summary>A world in which users write to each other: with which devices, where it is stored, and what was sent.</summary>
internal sealed class Chatting
{
    /// <summary>The group in which they are, now and then.</summary>
    public static readonly ConversationKey Team = ConversationKey.Group(new("team"));

    private const int UsersMax = 4;

    private static readonly MessageLogWeather[] Weathers =
    [
        default,
        new(0.01, 0.02, 0.2, TimeSpan.FromMilliseconds(300)),
        new(0.05, 0.1, 0.1, TimeSpan.FromSeconds(5)),
    ];

    private readonly SimulatedWorld _world;
    private readonly Dictionary<string, SendAttempt> _attempts = [];
    private readonly Dictionary<ConversationKey, long> _answered = [];
    private bool _isCalm;

    public Chatting(SimulatedWorld world)
    {
        _world = world;
        Log = new(world, Weathers[world.Random.Next(Weathers.Length)]);
        var names = world.Users.Take(UsersMax).Select(user => user.Name).ToArray();
        Chatters =
        [
            .. world.Users.Take(UsersMax).Select(user => new Chatter(world, user)),
            .. names.Where(_ => world.IsMostly(0.4)).Select(name => new Chatter(world, new(world, name, "tablet"))),
        ];
        Users = [.. names.Select(name => new UserId(name))];
        Conversations =
        [
            Team,
            .. from one in names
               from other in names
               where string.CompareOrdinal(one, other) <= 0
               select ConversationKey.Private(new(one), new(other)),
        ];
    }

    public SimulatedMessageLog Log { get; }

    /// <summary>Who writes, one for each device.</summary>
    public IReadOnlyList<Chatter> Chatters { get; }

    /// <summary>The people.</summary>
    public IReadOnlyList<UserId> Users { get; }

    /// <summary>Where they write.</summary>
    public IReadOnlyList<ConversationKey> Conversations { get; }

    public long Unanswered { get; private set; }

    public ChatFigures Figures => new(
        _attempts.Values.Count(attempt => attempt.Answer is not null), Unanswered,
        Chatters.Sum(chatter => chatter.Mailbox.Pulled), Chatters.Sum(chatter => chatter.Mailbox.Pushed),
        Chatters.Sum(chatter => chatter.Mailbox.Repeated), Log.Failures, Log.Unknown, Log.Landed);

    /// <summary>What a user does with a device.</summary>
    public Chatter Of(SimulatedUser device) => Chatters.Single(chatter => chatter.User == device);

    /// <summary>The conversations that a user is in.</summary>
    public IReadOnlyList<ConversationKey> Of(string user) =>
        [.. Conversations.Where(key => key == Team || key.Parties.Contains(new(user)))];

    public SendAttempt Begin(Chatter by, ConversationKey conversation, bool isNamed)
    {
        var text = $"{by.User.Name}-{_attempts.Count + 1}";
        return _attempts[text] = new(
            $"{by}", conversation, text, isNamed ? text : null, _answered.GetValueOrDefault(conversation),
            conversation == Team && _world.IsMostly(0.2) ? [.. Users.Where(_ => _world.IsMostly(0.4)).DefaultIfEmpty(Users[0])] : []);
    }

    /// <summary>Whether a device has sent a message itself: it need not be told of it.</summary>
    public bool IsBy(string device, StoredMessage message) =>
        _attempts.TryGetValue(TextOf(message), out var attempt) && attempt.By == device;

    /// <summary>Nobody knows what became of it.</summary>
    public void Lose() => Unanswered++;

    /// <summary>It was accepted: it is stored, where it was said to be, behind all that was accepted before it was begun.</summary>
    public void Accept(SendAttempt attempt, ChatMessageSent answer)
    {
        attempt.Answer = answer;
        _answered[attempt.Conversation] = Math.Max(_answered.GetValueOrDefault(attempt.Conversation), answer.Seq);
        var stored = Stored(attempt.Conversation).FirstOrDefault(message => message.Seq == answer.Seq);
        if (stored is null || TextOf(stored) != attempt.Text || stored.Message.UId != answer.UId
            || stored.SentAtUnixMs != answer.SentAtUnixMs)
            _world.Journal.Violate($"{attempt.Text} was accepted as {answer.Seq}, and there is {TextOf(stored)}");
        if (answer.Seq <= attempt.Floor)
            _world.Journal.Violate($"{attempt.Text} has {answer.Seq}, out of order: {attempt.Floor} was accepted before");
    }

    /// <summary>All that is stored of a conversation, in order.</summary>
    public IReadOnlyList<StoredMessage> Stored(ConversationKey conversation)
    {
        var messages = new List<StoredMessage>();
        while (true)
        {
            var after = messages.Count == 0 ? 0 : messages[^1].Seq;
            var page = Log.Stored.ReadAsync(conversation, new(after, long.MaxValue, 1000, false)).Result;
            messages.AddRange(page.Messages);
            if (!page.HasMore)
                return messages;
        }
    }

    /// <summary>At the end: every accepted message is stored once, no other twice, and none that nobody has sent.</summary>
    public void CheckStored()
    {
        var stored = Conversations.SelectMany(Stored).Select(TextOf).ToLookup(text => text);
        foreach (var attempt in _attempts.Values)
        {
            var count = stored[attempt.Text].Count();
            if (count > 1 || (count == 0 && attempt.Answer is not null))
                _world.Journal.Violate(
                    $"{attempt.Text} is stored {count} times, and was {(attempt.Answer is null ? "not " : "")}accepted");
        }

        foreach (var text in stored.Where(text => !_attempts.ContainsKey(text.Key)))
            _world.Journal.Violate($"{text.Key} is stored, and nobody has sent it");
    }

    /// <summary>The app server makes the group, and lets users come and go.</summary>
    public async Task RunAppServerAsync()
    {
        while (!_isCalm)
        {
            await Task.Delay(_world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)), _world.Clock);
            if (_world.PickNode() is not { } node)
                continue;
            UserId[] some = [.. Users.Where(_ => _world.IsMostly(0.5))];
            var group = node.Silo.Factory.GetGrain<IGroupGrain>(Team.Value);
            var isComing = _world.IsMostly(0.6);
            _world.Journal.Note($"{string.Join(',', some)} {(isComing ? "come into" : "go from")} the group");
            try
            {
                var outcome = isComing
                    ? await group.CreateAsync(new("Team", null, [.. some]))
                    : await group.ChangeAsync(new(null) { Leaving = [.. some] });
                _world.Journal.Note($"the group answers {outcome.Refusal?.Code.ToString() ?? "done"}");
            }
            catch (Exception failure) when (failure is TimeoutException or OrleansException)
            {
                _world.Journal.Note($"the group does not answer");
            }
        }
    }

    /// <summary>Takes everybody in; whether that was done.</summary>
    public async Task<bool> TakeAllInAsync() => _world.PickNode() is { } node
        && (await node.Silo.Factory.GetGrain<IGroupGrain>(Team.Value).CreateAsync(new("Team", null, [.. Users]))).IsAccepted;

    /// <summary>What goes wrong besides what goes wrong with single nodes: the store is away, or all have no power.</summary>
    public async Task RunTroubleAsync()
    {
        while (true)
        {
            await Task.Delay(_world.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20)), _world.Clock);
            if (_isCalm)
                return;
            if (_world.IsMostly(0.15))
                await _world.RestartAsync();
            else
                await LoseStoreAsync();
        }
    }

    /// <summary>The store does all that it is asked from now on.</summary>
    public void Calm()
    {
        _isCalm = Log.IsQuiet = true;
        Log.IsDown = false;
    }

    public static string TextOf(StoredMessage? message) =>
        message is null ? "nothing" : Encoding.UTF8.GetString(message.Message.Content.Span);

    private async Task LoseStoreAsync()
    {
        _world.Journal.Note($"the message log is away");
        Log.IsDown = true;
        await Task.Delay(_world.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(8)), _world.Clock);
        Log.IsDown = false;
        _world.Journal.Note($"the message log is back");
    }
}
