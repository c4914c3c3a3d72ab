using System.Text.Json;
using System.Threading.Channels;
using ImOrleans.ClientKit;
using Microsoft.AspNetCore.SignalR.Client;

namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>A device of a user: what the server was told that it has, what it has, and what it should have.</summary>
internal sealed class ModelDevice(ConversationModel model, string user, string device)
{
    /// <summary>Older ones are thrown away.</summary>
    private const int TokensMax = 30;

    /// <summary>Longer than the server takes to find what it has failed to push, and to say so in its log.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<ModelConversation, long> _acknowledged = [];

    /// <summary>Where a device has begun that wanted nothing older.</summary>
    private Dictionary<ModelConversation, long> _floor = [];

    /// <summary>How far each conversation was pushed over this connection.</summary>
    private readonly Dictionary<ModelConversation, long> _pushed = [];

    private readonly HashSet<string> _known = [];
    private readonly HashSet<string> _statuses = [];
    private readonly List<ModelToken> _tokens = [];
    private Channel<(JsonElement Messages, string? Token)> _events = Channel.CreateUnbounded<(JsonElement, string?)>();
    private bool _needsPull = true;
    private bool _hasPulled;
    private int _connection;

    public string User => user;

    public RtmClient? Client { get; private set; }

    /// <summary>This device, and its connection.</summary>
    public (ModelDevice Device, int Connection) Writer => (this, _connection);

    /// <summary>How many messages came by pushes.</summary>
    public int Pushed { get; private set; }

    /// <summary>How many messages came by pulls.</summary>
    public int Pulled { get; private set; }

    /// <summary>How many messages came that are not stored.</summary>
    public int Statuses => _statuses.Count;

    /// <summary>The tokens that it has been given.</summary>
    public IReadOnlyList<ModelToken> Tokens => _tokens;

    public override string ToString() => $"{user}/{device}";

    public async Task ConnectAsync(ServerProcess server)
    {
        var events = _events = Channel.CreateUnbounded<(JsonElement, string?)>();
        _connection++;
        _pushed.Clear();
        Client = await server.ConnectAsync(user, $"&device={device}");
        Client.Connection.On<JsonElement, string?>(
            "OnChatMessages", (messages, token) => _ = events.Writer.TryWrite((messages.Clone(), token)));
        Client.Connection.On<JsonElement>("OnChatNotify", notices => _ = events.Writer.TryWrite((default, null)));
        _needsPull = true;
    }

    public async Task DisconnectAsync()
    {
        TakeEvents();
        await Client!.DisposeAsync();
        Client = null;
    }

    /// <summary>A message of its own was accepted: it need not come.</summary>
    public void Has(ModelMessage message) => _known.Add(message.UId);

    /// <summary>Pulls one page: exactly what follows on what was acknowledged.</summary>
    /// <param name="count">At most so many messages.</param>
    /// <param name="isFromNow">Wants nothing older, if it has never pulled.</param>
    public async Task PullAsync(int count, bool isFromNow = false)
    {
        TakeEvents();
        _needsPull = false;
        if (isFromNow && !_hasPulled)
            _floor = model.Conversations.ToDictionary(conversation => conversation, conversation => conversation.Head);
        _hasPulled = true;
        var page = await Client!.DoAsync("PullMessages", new { count, from = isFromNow ? "now" : "offline" });
        TakeEvents();
        var places = new List<(ModelConversation, long)>();
        var messages = page.GetProperty("messages").EnumerateArray().ToList();
        foreach (var group in messages.GroupBy(message => model.Find(user, message)))
        {
            var expected = group.Key.For(user, Acknowledged(group.Key)).Take(group.Count()).ToList();
            Assert.Equal(expected.Select(message => message.For(user)), group.Select(ModelMessage.Describe));
            foreach (var message in expected)
                _known.Add(message.UId);
            places.Add((group.Key, expected[^1].Seq));
        }

        Pulled += messages.Count;
        var waiting = model.Conversations.Sum(
            conversation => conversation.For(user, Acknowledged(conversation)).Count());
        var isFinished = page.GetProperty("finished").GetBoolean();

        // What a page leaves out lies in front of what it has: it may end where its last conversation has an absence.
        var endsEarly = !isFinished && places is [.., var (last, seq)] && last.WasAwayAfter(user, seq);
        Assert.True(
            endsEarly ? messages.Count <= Math.Min(count, waiting) : messages.Count == Math.Min(count, waiting),
            $"{this} pulled {messages.Count} of {waiting}, at most {count}");
        Assert.True(
            endsEarly || messages.Count < count ? isFinished != endsEarly : messages.Count >= waiting || !isFinished,
            $"{this} got {messages.Count} of {waiting}, and was told {page.GetProperty("finished")}");
        if (page.TryGetProperty("ackToken", out var token) && token.GetString() is { } text)
            Add(new(text, places, null));
        else
            Assert.Empty(messages);
        _needsPull |= !isFinished;
    }

    /// <summary>Acknowledges what a token stands for, not always the last one.</summary>
    public Task AcknowledgeAsync(Random random)
    {
        TakeEvents();
        return _tokens.Count == 0
            ? Task.CompletedTask
            : AcknowledgeAsync(_tokens[random.Next(2) == 0 ? _tokens.Count - 1 : random.Next(_tokens.Count)]);
    }

    /// <summary>
    /// Waits until it has all that it should have, as a client does: it pulls when it is told to, and acknowledges.
    /// </summary>
    public async Task CatchUpAsync(Random random)
    {
        while (true)
        {
            TakeEvents();
            if (_needsPull)
            {
                await PullAsync(random.Next(1, 100));
                if (_tokens.Count > 0)
                    await AcknowledgeAsync(_tokens[^1]);
            }
            else if (Missing() is not { } missing)
            {
                return;
            }
            else
            {
                using var patience = new CancellationTokenSource(Patience);
                try
                {
                    Take(await _events.Reader.ReadAsync(patience.Token));
                }
                catch (OperationCanceledException)
                {
                    Assert.Fail($"{this} was not told of {missing.For(user)}");
                }
            }
        }
    }

    private async Task AcknowledgeAsync(ModelToken token)
    {
        await Client!.DoAsync("AckMessages", new { ackToken = token.Text });
        if (token.Connection is { } connection && connection != _connection)
            return;
        foreach (var (conversation, seq) in token.Places)
            _acknowledged[conversation] = Math.Max(_acknowledged.GetValueOrDefault(conversation), seq);
    }

    private long Acknowledged(ModelConversation conversation) =>
        Math.Max(_acknowledged.GetValueOrDefault(conversation), _floor.GetValueOrDefault(conversation));

    private ModelMessage? Missing() => model.Conversations
        .SelectMany(conversation => conversation.For(user, Acknowledged(conversation)))
        .FirstOrDefault(message => !_known.Contains(message.UId));

    private void Add(ModelToken token)
    {
        if (_tokens.Count == TokensMax)
            _tokens.RemoveAt(0);
        _tokens.Add(token);
    }

    private void TakeEvents()
    {
        while (_events.Reader.TryRead(out var next))
            Take(next);
    }

    private void Take((JsonElement Messages, string? Token) pushed)
    {
        if (pushed.Messages.ValueKind != JsonValueKind.Array)
        {
            _needsPull = true;
            return;
        }

        if (pushed.Token is not { } token)
        {
            foreach (var message in pushed.Messages.EnumerateArray())
                TakeStatus(message);
            return;
        }

        var places = new List<(ModelConversation, long)>();
        foreach (var message in pushed.Messages.EnumerateArray())
            places.Add(TakePushed(message));
        Add(new(token, places, _connection));
    }

    /// <summary>
    /// A pushed message is for this user and not its own; nothing that it is to get is missing before it, and it comes
    /// once.
    /// </summary>
    private (ModelConversation, long) TakePushed(JsonElement pushed)
    {
        var conversation = model.Find(user, pushed);
        var seq = pushed.GetProperty("seq").GetInt64();
        Assert.True(seq > 0 && seq <= conversation.Head, $"{this} was pushed {pushed} of {conversation}");
        var message = conversation.Messages[(int)seq - 1];
        Assert.Equal(message.For(user), ModelMessage.Describe(pushed));
        Assert.True(message.Audience.Contains(user), $"{this} was pushed what is not for it: {pushed}");
        Assert.True(message.Writer != Writer, $"{this} was pushed what it has written: {pushed}");
        Assert.True(seq > _pushed.GetValueOrDefault(conversation), $"{this} was pushed again: {pushed}");
        if (!conversation.IsForgotten(user, message))
            Assert.All(
                conversation.For(user, Acknowledged(conversation)).TakeWhile(one => one.Seq < seq),
                one => Assert.True(_known.Contains(one.UId), $"{this} was pushed {pushed} before {one.For(user)}"));
        _pushed[conversation] = seq;
        _known.Add(message.UId);
        Pushed++;
        return (conversation, seq);
    }

    /// <summary>What is not stored comes at most once, and only to whom it may.</summary>
    private void TakeStatus(JsonElement passedOn)
    {
        var uid = passedOn.GetProperty("messageUId").GetString()!;
        Assert.True(model.Statuses.TryGetValue(uid, out var status), $"{this} was passed on {passedOn}");
        Assert.Equal(status.Where, model.Find(user, passedOn));
        Assert.Equal(status.Message.For(user), ModelMessage.Describe(passedOn));
        Assert.True(status.Message.Audience.Contains(user), $"{this} was passed on what is not for it: {passedOn}");
        Assert.True(status.Message.Writer != Writer, $"{this} was passed on what it has written: {passedOn}");
        Assert.True(_statuses.Add(uid), $"{this} was passed on again: {passedOn}");
    }
}
