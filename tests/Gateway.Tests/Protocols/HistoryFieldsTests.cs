using System.Text.Json;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.SignalR;

namespace ImOrleans.Gateway.Tests.Protocols;

public sealed class HistoryFieldsTests
{
    private static readonly HistoryKey Lobby = new(ChannelType.Message, "lobby");

    [Fact]
    public void What_is_left_out_means_all_a_hundred_at_a_time()
    {
        Assert.Equal((Lobby, new HistoryQuery(0, long.MaxValue, 100)), Read("""{"channel":"lobby","channelType":"message"}""").Read);
        Assert.Equal(
            (new HistoryKey(ChannelType.User, "a.b"), new HistoryQuery(5, 6, 1)),
            Read("""{"channel":"a.b","channelType":"user","start":5,"end":6,"count":1}""").Read);
        Assert.Equal(new(5, long.MaxValue, 100), Read("""{"channel":"lobby","channelType":"message","start":5,"end":0}""").Read.Query);
        Assert.Equal(new(5, 5, 100), Read("""{"channel":"lobby","channelType":"message","start":5,"end":5}""").Read.Query);
    }

    [Theory]
    [InlineData("""{"channel":"lobby"}""", ErrorCode.InvalidParameter)]
    [InlineData("""{"channelType":"message"}""", ErrorCode.InvalidParameter)]
    [InlineData("""{"channel":"lobby","channelType":"stream"}""", ErrorCode.InvalidChannelType)]
    [InlineData("""{"channel":"lobby","channelType":"room"}""", ErrorCode.InvalidParameter)]
    [InlineData("""{"channel":"_","channelType":"message"}""", ErrorCode.InvalidChannelName)]
    [InlineData("""{"channel":"a/b","channelType":"user"}""", ErrorCode.InvalidUserId)]
    [InlineData("""{"channel":"lobby","channelType":"message","start":-1}""", ErrorCode.HistoryInvalidTimestamp)]
    [InlineData("""{"channel":"lobby","channelType":"message","end":-1}""", ErrorCode.HistoryInvalidTimestamp)]
    [InlineData("""{"channel":"lobby","channelType":"message","start":5,"end":4}""", ErrorCode.HistoryInvalidTimestamp)]
    [InlineData("""{"channel":"lobby","channelType":"message","start":"5"}""", ErrorCode.InvalidParameter)]
    [InlineData("""{"channel":"lobby","channelType":"message","count":0}""", ErrorCode.InvalidParameter)]
    [InlineData("""{"channel":"lobby","channelType":"message","count":101}""", ErrorCode.InvalidParameter)]
    [InlineData("""{"channel":"lobby","channelType":"message","count":1.5}""", ErrorCode.InvalidParameter)]
    public void A_wrong_query_is_refused(string json, ErrorCode code) => Assert.Equal(code, Read(json).Refusal?.Code);

    [Fact]
    public void A_page_has_messages_in_the_shape_of_their_events()
    {
        var message = new HistoryMessage(new(255, 7), new("ann"), new(MessageType.Binary, new byte[] { 1, 2 }, "label"), 9);
        Assert.Equal(
            """
            {"messages":[{"channel":"lobby","channelType":"message","publisher":"ann","messageType":"binary","payload":"AQI=",
            "customType":"label","sentAt":9,"offset":7,"epoch":"EPOCH"}],"newStart":9}
            """.ReplaceLineEndings("").Replace("EPOCH", message.Position.EpochText(), StringComparison.Ordinal),
            Write(Lobby, new([message], 9)));
        Assert.Equal(
            """
            {"messages":[{"channel":"bob","channelType":"user","publisher":"ann","messageType":"string","payload":"hi","sentAt":9}],
            "newStart":0}
            """.ReplaceLineEndings(""),
            Write(new(ChannelType.User, "bob"), new([message with { Payload = new(MessageType.String, "hi"u8.ToArray()) }], 0)));
    }

    private static string Write(HistoryKey key, HistoryPage page) =>
        JsonSerializer.Serialize(HistoryBody.Of(key, page), JsonSerializerOptions.Web);

    private static ((HistoryKey Key, HistoryQuery Query) Read, Refusal? Refusal) Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var reader = new RequestReader(new(document.RootElement, false));
        return (HistoryReader.Read(reader), reader.Refusal);
    }
}
