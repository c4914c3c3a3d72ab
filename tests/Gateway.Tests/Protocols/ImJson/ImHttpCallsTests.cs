using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols.ImJson;
using ImOrleans.Gateway.ServerApi;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

public sealed class ImHttpCallsTests : IDisposable
{
    private const string Sent = """{"code":200,"msg":"Success","data":{"sendResults":true}}""";
    private const string Nothing = """{"code":200,"msg":"Success","data":{}}""";

    private static readonly ConversationKey FromSystem = ConversationKey.System(new("system"), new("ann"));

    private readonly GatewayBench _gateway = new();
    private readonly ImHttpCalls _calls;

    public ImHttpCallsTests() => _calls = new(
        new ServerCalls(_gateway.Identity, _gateway.Clock, Options.Create(new ServerApiOptions())), _gateway.Chats,
        _gateway.MessageChannels, _gateway.Presence, null!, Options.Create(new ImOptions()), _gateway.Clock);

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task A_message_goes_out_in_the_name_of_the_app_with_its_id()
    {
        Assert.Equal(Sent, await SendAsync("m1"));
        var request = Assert.Single(_gateway.Grains.Conversation(FromSystem).Requests<SendChatMessageRequest>());
        Assert.Equal(
            ("system", "RC:TxtMsg", """{"content":"hi \u003cyou\u003e"}""", "m1", """{"imSeq":"m1"}""", true),
            (request.Sender.Value, request.ObjectName, Text(request.Content), request.ClientMessageId, Text(request.Extras),
                request.IsOfApp));
    }

    [Fact]
    public async Task A_message_with_a_sender_is_one_of_a_private_conversation()
    {
        Assert.Equal(Sent, Text((await _calls.SendAsync(Form("m1", ("fromUserID", "bob")))).ToBytes()));
        var request = Assert.Single(_gateway.Grains.Conversation(Pushes.AnnAndBob).Requests<SendChatMessageRequest>());
        Assert.Equal("bob", request.Sender.Value);
    }

    [Fact]
    public async Task An_id_that_was_seen_within_12_h_is_not_sent_again_whoever_it_is_for()
    {
        Assert.Equal(Sent, await SendAsync("m1"));
        _gateway.Clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromTicks(1));
        Assert.Equal(Nothing, await SendAsync("m1"));
        Assert.Equal(Nothing, await SendToAllAsync("m1"));
        Assert.Equal(1, _gateway.Grains.Conversation(FromSystem).CountOf("Send"));
        _gateway.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(Sent, await SendAsync("m1"));
    }

    [Fact]
    public async Task An_id_that_another_gateway_has_sent_is_known_by_the_conversation()
    {
        var sent = new ChatMessageSent(MessageUId.Create(FromSystem, 1, 1), 1, 1) { IsRepeated = true };
        _gateway.Grains.Conversation(FromSystem).Script("Send", sent);
        Assert.Equal(Nothing, await SendAsync("m1"));
    }

    [Fact]
    public async Task Messages_without_an_id_are_all_sent()
    {
        Assert.Equal(Sent, await SendAsync(""));
        Assert.Equal(Sent, await SendAsync(""));
        Assert.Equal(2, _gateway.Grains.Conversation(FromSystem).CountOf("Send"));
    }

    [Fact]
    public async Task What_was_not_sent_is_told_and_may_be_sent_again()
    {
        _gateway.Grains.Conversation(FromSystem).Script("Send", ErrorCode.InternalErrror);
        Assert.StartsWith(
            """{"code":200,"msg":"Success","data":{"sendResults":false,"sendResultsErr":""", await SendAsync("m1"),
            StringComparison.Ordinal);
        Assert.Equal(Sent, await SendAsync("m1"));
    }

    [Fact]
    public async Task A_message_to_all_is_published_in_the_channel_of_the_app()
    {
        Assert.Equal(Sent, await SendToAllAsync("m1"));
        var request = Assert.Single(
            _gateway.Grains.MessageChannel("_im:101").Requests<PublishMessageRequest>());
        Assert.Equal(("ann", "m1", """["m1","hi <you>"]"""), (request.Publisher.Value, request.IdempotencyKey, Text(request.Payload.Bytes)));
    }

    [Fact]
    public async Task A_message_may_be_as_long_as_can_be_kept_and_no_longer()
    {
        var room = ConversationLimits.ContentBytesMax - """{"content":""}""".Length;
        Assert.Equal(Sent, await LongAsync(room));
        Assert.Equal("""{"code":1001,"msg":"参数不合法","data":{}}""", await LongAsync(room + 1));

        async Task<string> LongAsync(int length) =>
            Text((await _calls.SendAsync(Form("", ("message", new string('x', length))))).ToBytes());
    }

    [Fact]
    public async Task The_list_goes_page_by_page_and_ends_somewhere()
    {
        var channel = _gateway.Grains.MessageChannel("_im:101");
        var page = new WhoNow([.. Enumerable.Range(0, 100).Select(i => new PresentUser(new($"u{i}"), []))], 20_000, "more");
        for (var i = 0; i < 101; i++)
            channel.Script("WhoNow", new Outcome<WhoNow>(page, null));
        var answer = await _calls.ListAsync(Query(("appID", "101")));
        Assert.Equal(ImHttpCalls.ListedUsersMax, ((List<string>)answer.Data["userList"]).Count);
        Assert.Equal(20_000, answer.Data["userCount"]);
        Assert.Equal(100, channel.CountOf("WhoNow"));
    }

    [Fact]
    public async Task Who_is_online_is_asked_of_the_user()
    {
        var user = _gateway.Grains.User("ann");
        user.Script("WhereNow", new WhereNow([], [new("lobby"), ImApp.Channel(101)]), new WhereNow([], [ImApp.Channel(102)]));
        Assert.Equal("""{"code":200,"msg":"Success","data":{"online":true,"userID":"ann"}}""", await OnlineAsync());
        Assert.Equal("""{"code":200,"msg":"Success","data":{"online":false,"userID":"ann"}}""", await OnlineAsync());

        async Task<string> OnlineAsync() =>
            Text((await _calls.OnlineAsync(Query(("appID", "101"), ("userID", "ann")))).ToBytes());
    }

    private async Task<string> SendAsync(string id) => Text((await _calls.SendAsync(Form(id))).ToBytes());

    private async Task<string> SendToAllAsync(string id) => Text((await _calls.SendToAllAsync(Form(id))).ToBytes());

    private static FormCollection Form(string id, params (string Name, string Value)[] others)
    {
        var fields = new Dictionary<string, StringValues>
        {
            ["appID"] = "101", ["userID"] = "ann", ["msgID"] = id, ["message"] = "hi <you>",
        };
        foreach (var (name, value) in others)
            fields[name] = value;
        return new(fields);
    }

    private static QueryCollection Query(params (string Name, string Value)[] fields) =>
        new(fields.ToDictionary(field => field.Name, field => new StringValues(field.Value)));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
