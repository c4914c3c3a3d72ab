using System.Text.Json;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Tests;

/// <summary>What the client makes of messages of conversations.</summary>
public sealed class ConversationTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(21502, true)]
    public async Task A_message_with_words_masked_is_sent_and_says_so(int code, bool isMasked)
    {
        await using var faked = new FakedClient();
        faked.Server.Answer = _ => Task.FromResult(new WireReply(
            code, JsonSerializer.Deserialize<JsonElement>("""{"messageUId":"u","seq":7,"sentTime":1001}""")));
        await faked.ConnectAsync();

        var sent = await faked.Client.Conversations.SendTextAsync("bob", "hi");

        Assert.Equal(new("u", 7, DateTimeOffset.FromUnixTimeMilliseconds(1001)) { IsMasked = isMasked }, sent);
    }

    [Theory]
    [InlineData("😀 é <b> & '", "😀 é <b> & '")]
    [InlineData("\\uD83D\\uDE00 \\", "\\\\uD83D\\\\uDE00 \\\\")]
    [InlineData("\"\n", "\\\"\\n")]
    public async Task Content_has_no_escapes_but_those_that_it_must_have(string text, string written)
    {
        await using var faked = new FakedClient();
        var sent = "";
        faked.Server.Answer = call =>
        {
            sent = call;
            return Task.FromResult(new WireReply(
                0, JsonSerializer.Deserialize<JsonElement>("""{"messageUId":"u","seq":7,"sentTime":1001}""")));
        };
        await faked.ConnectAsync();

        await faked.Client.Conversations.SendTextAsync("bob", text);

        Assert.Contains($$"""{"content":"{{written}}"}""", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_of_a_note_without_data_is_a_refusal_as_any_other()
    {
        await using var faked = new FakedClient();
        faked.Server.Answer = _ => FakeServer.Refuse(RtmErrorCodes.SensitiveReplace);
        await faked.ConnectAsync();

        var refusal = await Assert.ThrowsAsync<RtmException>(() => faked.Client.Conversations.SendTextAsync("bob", "hi"));
        Assert.Equal(RtmErrorCodes.SensitiveReplace, refusal.Code);
    }
}
