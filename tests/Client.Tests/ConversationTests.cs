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
