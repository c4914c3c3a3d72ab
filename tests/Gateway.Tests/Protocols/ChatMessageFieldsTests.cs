using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Tests.Protocols;

public sealed class ChatMessageFieldsTests
{
    [Fact]
    public void A_message_for_some_members_is_directed_and_names_each_once()
    {
        var (key, message) = Accepted("""{"conversationType":3,"targetId":"team","toUserIds":["bob","cyd","bob"]}""");
        Assert.Equal(ConversationKey.Group(new("team")), key);
        Assert.Equal(MessageFlags.Counted | MessageFlags.Directed, message.Flags);
        Assert.Equal(["bob", "cyd"], message.Receivers.Select(user => user.Value));
        Assert.Equal(MessageFlags.Counted, Accepted("""{"conversationType":2,"targetId":"talk"}""").Message.Flags);
    }

    [Theory]
    [InlineData("""{"type":"all"}""", """{"type":"all"}""")]
    [InlineData("""{"type":"all","userIds":["x"],"more":1}""", """{"type":"all"}""")]
    [InlineData("""{"userIds":["bob","bob","c d"],"type":"part"}""", """{"type":"part","userIds":["bob","c d"]}""")]
    public void A_mention_is_carried_in_the_form_of_the_contract(string given, string written)
    {
        var (key, message) = Accepted(
            $$"""{"conversationType":3,"targetId":"team","pushContent":"mentioned","mentioned":{{given}},"pushData":"{}"}""");
        using var read = JsonDocument.Parse(Write(key, message));
        Assert.Equal(written, read.RootElement.GetProperty("mentioned").GetRawText());
        Assert.False(read.RootElement.TryGetProperty("pushContent", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","pushContent":"mentioned","pushData":"{\"mentioned\":1}" """)]
    public void A_message_that_mentions_nobody_says_nothing_of_it(string more)
    {
        var (key, message) = Accepted($$"""{"conversationType":3,"targetId":"team"{{more}}}""");
        using var read = JsonDocument.Parse(Write(key, message));
        Assert.False(read.RootElement.TryGetProperty("mentioned", out _));
    }

    [Fact]
    public void A_hundred_users_are_named_and_not_one_more()
    {
        var users = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"u{i}\""));
        Accepted($$"""{"conversationType":3,"targetId":"team","toUserIds":[{{users}}]}""");
        Accepted($$$"""{"conversationType":3,"targetId":"team","mentioned":{"type":"part","userIds":[{{{users}}}]}}""");
        Refused("toUserIds", $$"""{"conversationType":3,"targetId":"team","toUserIds":[{{users}},"u100"]}""");
        Refused("mentioned", $$$"""{"conversationType":3,"targetId":"team","mentioned":{"type":"part","userIds":[{{{users}}},"u"]}}""");
    }

    [Theory]
    [InlineData("toUserIds", """{"conversationType":1,"targetId":"bob","toUserIds":["bob"]}""")]
    [InlineData("mentioned", """{"conversationType":1,"targetId":"bob","mentioned":{"type":"all"}}""")]
    [InlineData("toUserIds", """{"conversationType":3,"targetId":"team","toUserIds":[]}""")]
    [InlineData("toUserIds", """{"conversationType":3,"targetId":"team","toUserIds":["*"]}""")]
    [InlineData("toUserIds", """{"conversationType":3,"targetId":"team","toUserIds":"bob"}""")]
    [InlineData("mentioned", """{"conversationType":3,"targetId":"team","mentioned":"all"}""")]
    [InlineData("type", """{"conversationType":3,"targetId":"team","mentioned":{}}""")]
    [InlineData("type", """{"conversationType":3,"targetId":"team","mentioned":{"type":"some"}}""")]
    [InlineData("userIds", """{"conversationType":3,"targetId":"team","mentioned":{"type":"part"}}""")]
    [InlineData("userIds", """{"conversationType":3,"targetId":"team","mentioned":{"type":"part","userIds":[]}}""")]
    public void What_is_wrong_is_refused_with_its_field(string field, string json) => Refused(field, json);

    private static void Refused(string field, string json)
    {
        var refusal = Read(json).Refusal;
        Assert.Equal(ErrorCode.BizErrorInvalidParameter, refusal?.Code);
        Assert.Contains($"'{field}'", refusal!.Message, StringComparison.Ordinal);
    }

    private static (ConversationKey Key, SendChatMessageRequest Message) Accepted(string json)
    {
        var (key, message, refusal) = Read(json);
        Assert.Null(refusal);
        return (key, message);
    }

    private static (ConversationKey Key, SendChatMessageRequest Message, Refusal? Refusal) Read(string json)
    {
        using var fields = JsonDocument.Parse(
            json.TrimEnd()[..^1] + ""","objectName":"RC:TxtMsg","content":{"content":"hi"}}""");
        var read = new RequestReader(
            new HubRequest(fields.RootElement.Clone(), false), ErrorCode.BizErrorInvalidParameter);
        var (key, message) = ChatMessageReader.Read(read, new("ann"));
        return (key, message, read.Refusal);
    }

    private static string Write(ConversationKey key, SendChatMessageRequest request)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            ConversationMessageWriter.Write(
                writer, key,
                new(1, 5, new(
                    MessageUId.Create(key, 1, 1), request.Sender, request.ObjectName, request.Content, request.Flags, null,
                    request.Receivers, request.Extras)),
                new("bob"), isOffline: false);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
