using System.Text.Json;
using System.Threading.Channels;
using ImOrleans.ClientKit;
using Microsoft.AspNetCore.SignalR.Client;

namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>A device of a user: what the server was told that it has, what it has, and what it should have.</summary>
internal sealed class ModelDevice(ConversationModel model, string user, string device)
{
    /// <summary>Longer than the server takes to find what it has failed to push.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<ModelConversation, long> _acknowledged = [];
    private readonly Dictionary<ModelConversation, long> _seen = [];
    private readonly HashSet<string> _known = [];
    private readonly List<(string Token, IReadOnlyList<(ModelConversation, long)> Places)> _tokens = [];
    private Channel<(JsonElement Messages, string? Token)> _events = Channel.CreateUnbounded<(JsonElement, string?)>();
    private bool _needsPull = true;

    public string User => user;

    public RtmClient? Client { get; private set; }

    /// <summary>How many messages came by pushes.</summary>
    public int Pushed { get; private set; }

    /// <summary>How many messages came by pulls.</summary>
    public int Pulled { get; private set; }

    public override string ToString() => $"{user}/{device}";

    public async Task ConnectAsync(ServerProcess server)
    {
        var events = _events = Channel.CreateUnbounded<(JsonElement, string?)>();
        Client = await server.ConnectAsync(user, $"&device={device}");
        Client.Connection.On<JsonElement, string?>(
            "OnChatMessages", (messages, token) => _ = events.Writer.TryWrite((messages.Clone(), token)));
        Client.Connection.On<JsonElement>("OnChatNotify", notices => _ = events.Writer.TryWrite((default, null)));
        _needsPull = true;
        _tokens.Clear();
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
    public async Task PullAsync(int count)
    {
        TakeEvents();
        _needsPull = false;
        var page = await Client!.DoAsync("PullMessages", new { count });
        TakeEvents();
        var places = new List<(ModelConversation, long)>();
        var messages = page.GetProperty("messages").EnumerateArray().ToList();
        foreach (var group in messages.GroupBy(message => model.Find(user, message)))
        {
            var expected = group.Key.For(user, _acknowledged.GetValueOrDefault(group.Key)).Take(group.Count()).ToList();
            Check(group.Key, [.. group], expected);
            places.Add((group.Key, expected[^1].Seq));
            _seen[group.Key] = Math.Max(_seen.GetValueOrDefault(group.Key), expected[^1].Seq);
        }

        Pulled += messages.Count;
        var waiting = model.Conversations.Sum(
            conversation => conversation.For(user, _acknowledged.GetValueOrDefault(conversation)).Count());
        Assert.True(messages.Count == Math.Min(count, waiting), $"{this} pulled {messages.Count} of {waiting}, at most {count}");
        var isFinished = page.GetProperty("finished").GetBoolean();
        Assert.True(isFinished == messages.Count >= waiting || !isFinished, $"{this} was told to have all of {waiting}");
        if (page.TryGetProperty("ackToken", out var token) && token.GetString() is { } text)
            _tokens.Add((text, places));
        _needsPull |= !isFinished;
    }

    /// <summary>Acknowledges what a token stands for, not always the last one.</summary>
    public async Task AcknowledgeAsync(Random random)
    {
        TakeEvents();
        if (_tokens.Count == 0)
            return;
        var (token, places) = _tokens[random.Next(2) == 0 ? _tokens.Count - 1 : random.Next(_tokens.Count)];
        await Client!.DoAsync("AckMessages", new { ackToken = token });
        foreach (var (conversation, seq) in places)
            _acknowledged[conversation] = Math.Max(_acknowledged.GetValueOrDefault(conversation), seq);
    }

    /// <summary>Waits until it has all that it should have, as a client does: it pulls when it is told to, and acknowledges.</summary>
    public async Task CatchUpAsync(Random random)
    {
        while (true)
        {
            TakeEvents();
            if (_needsPull)
            {
                await PullAsync(random.Next(1, 100));
                await AcknowledgeLastAsync();
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
                    Assert.Fail($"{this} was not told of {missing}");
                }
            }
        }
    }

    private async Task AcknowledgeLastAsync()
    {
        if (_tokens.Count == 0)
            return;
        var (token, places) = _tokens[^1];
        _tokens.Clear();
        await Client!.DoAsync("AckMessages", new { ackToken = token });
        foreach (var (conversation, seq) in places)
            _acknowledged[conversation] = Math.Max(_acknowledged.GetValueOrDefault(conversation), seq);
    }

    private ModelMessage? Missing() => model.Conversations
        .SelectMany(conversation => conversation.For(user, _seen.GetValueOrDefault(conversation)))
        .FirstOrDefault(message => !_known.Contains(message.UId));

    private void TakeEvents()
    {
        while (_events.Reader.TryRead(out var next))
            Take(next);
    }

    /// <summary>Pushed messages follow on what it has; only its own are left out.</summary>
    private void Take((JsonElement Messages, string? Token) pushed)
    {
        if (pushed.Messages.ValueKind != JsonValueKind.Array)
        {
            _needsPull = true;
            return;
        }

        var places = new List<(ModelConversation, long)>();
        foreach (var message in pushed.Messages.EnumerateArray())
        {
            var conversation = model.Find(user, message);
            var seq = message.GetProperty("seq").GetInt64();
            places.Add((conversation, seq));
            if (_known.Contains(message.GetProperty("messageUId").GetString()!))
                continue;
            var next = conversation.For(user, _seen.GetValueOrDefault(conversation))
                .First(one => !_known.Contains(one.UId) || one.Seq == seq);
            Check(conversation, [message], [next]);
            _seen[conversation] = seq;
            Pushed++;
        }

        if (pushed.Token is { } token)
            _tokens.Add((token, places));
    }

    private void Check(ModelConversation conversation, IReadOnlyList<JsonElement> messages, List<ModelMessage> expected)
    {
        Assert.Equal(
            expected.Select(message => $"{message.Seq} {message.UId} {message.Sender} {message.Text}"),
            messages.Select(message =>
                $"{message.GetProperty("seq")} {message.GetProperty("messageUId")} {message.GetProperty("senderUserId")} "
                + $"{message.GetProperty("content").GetProperty("content")}"));
        foreach (var message in expected)
            _known.Add(message.UId);
        Assert.All(messages, message => Assert.Equal(
            message.GetProperty("senderUserId").GetString() == user ? 1 : 2, message.GetProperty("messageDirection").GetInt32()));
        Assert.NotNull(conversation);
    }
}
