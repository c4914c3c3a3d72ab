using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Tests.Protocols;

/// <summary>What message channels add to requests, replies and events.</summary>
public sealed class MessageChannelFieldsTests
{
    private const string Written =
        """
        {"channel":"lobby","channelType":"message","publisher":"ann","messageType":"string","payload":"hi","customType":"c",
        "sentAt":1001,"offset":7,"epoch":"2305843009213693951"}
        """;

    /// <summary>Beyond the whole numbers of JavaScript.</summary>
    private const long Epoch = 2305843009213693951;

    [Theory]
    [InlineData("{}", ChannelFeeds.Messages | ChannelFeeds.Presence)]
    [InlineData("""{"withMessage":null,"withLock":null}""", ChannelFeeds.Messages | ChannelFeeds.Presence)]
    [InlineData("""{"withMessage":false}""", ChannelFeeds.Presence)]
    [InlineData("""{"withPresence":false}""", ChannelFeeds.Messages)]
    [InlineData("""{"withMessage":false,"withPresence":false}""", ChannelFeeds.None)]
    [InlineData("""{"withPresence":false,"withMetadata":true}""", ChannelFeeds.Messages | ChannelFeeds.Metadata)]
    [InlineData("""{"withPresence":false,"withLock":true}""", ChannelFeeds.Messages | ChannelFeeds.Locks)]
    public void Feeds_are_read_flag_by_flag(string json, ChannelFeeds feeds) =>
        Assert.Equal(feeds, Accept(json, ChannelFeedsReader.Read));

    [Theory]
    [InlineData("withMessage")]
    [InlineData("withPresence")]
    [InlineData("withMetadata")]
    [InlineData("withLock")]
    public void A_feed_is_wanted_or_not(string field) => AssertRefused(
        $"'{field}' must be true or false.", $$"""{"{{field}}":1}""", read => ChannelFeedsReader.Read(read));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"since":null}""")]
    public void A_position_may_be_left_out(string json) => Assert.Null(Accept(json, read => read.Position("since")));

    [Theory]
    [InlineData("2305843009213693951", Epoch)]
    [InlineData("another server's", 0)]
    [InlineData("", 0)]
    [InlineData("-1", 0)]
    [InlineData("99999999999999999999", 0)]
    public void An_epoch_that_is_none_of_ours_is_one_that_no_channel_has(string epoch, long expected) => Assert.Equal(
        new MessagePosition(expected, 7),
        Accept($$$"""{"since":{"offset":7,"epoch":"{{{epoch}}}"}}""", read => read.Position("since")));

    [Theory]
    [InlineData("5", "'since' must be an object of 'offset' and 'epoch'.")]
    [InlineData("[]", "'since' must be an object of 'offset' and 'epoch'.")]
    [InlineData("{}", "In 'since': 'offset' is missing.")]
    [InlineData("""{"offset":0}""", "In 'since': 'epoch' is missing.")]
    [InlineData("""{"epoch":"1"}""", "In 'since': 'offset' is missing.")]
    [InlineData("""{"offset":"0","epoch":"1"}""", "In 'since': 'offset' must be a whole number.")]
    [InlineData("""{"offset":1.5,"epoch":"1"}""", "In 'since': 'offset' must be a whole number.")]
    [InlineData("""{"offset":-1,"epoch":"1"}""", "In 'since': 'offset' must be zero or more.")]
    [InlineData("""{"offset":0,"epoch":1}""", "In 'since': 'epoch' must be a string.")]
    [InlineData("""{"offset":0,"epoch":"\ud83d"}""", "In 'since': 'epoch' must be a string.")]
    public void A_wrong_position_is_refused(string since, string message) =>
        AssertRefused(message, $$"""{"since":{{since}}}""", read => read.Position("since"));

    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    public void A_key_has_as_many_bytes_as_are_allowed(int bytes) => Assert.Equal(
        new string('k', bytes), Accept(KeyOf(new string('k', bytes)), read => read.IdempotencyKey()));

    [Theory]
    [InlineData("")]
    [InlineData("129")]
    [InlineData("é")]
    public void A_key_that_is_empty_or_too_long_is_refused(string kind)
    {
        var key = kind switch { "" => "", "é" => new string('é', 65), _ => new string('k', 129) };
        AssertRefused("'idempotencyKey' must have 1 to 128 bytes.", KeyOf(key), read => read.IdempotencyKey());
    }

    [Fact]
    public void A_message_is_an_event_with_its_place()
    {
        var frame = EventEncoder.Encode(Event(new(
            7, 7, new("ann"), new(MessageType.String, "hi"u8.ToArray(), "c"), 1001)));

        Assert.Equal("OnMessages", frame.Method);
        Assert.Equal(Written.ReplaceLineEndings(""), Encoding.UTF8.GetString(frame.Elements.Span));
    }

    [Fact]
    public void A_reply_has_the_missed_messages_in_the_shape_of_the_event()
    {
        var message = new ChannelMessage(7, 7, new("ann"), new(MessageType.String, "hi"u8.ToArray(), "c"), 1001);

        Assert.Equal(
            """{"position":{"offset":7,"epoch":"2305843009213693951"},"recovered":true,"messages":["""
            + Written.ReplaceLineEndings("") + "]}",
            Serialize(true, message));
        Assert.Equal(
            """{"position":{"offset":7,"epoch":"2305843009213693951"},"recovered":false,"messages":[]}""", Serialize(false));
        Assert.Equal("""{"position":{"offset":7,"epoch":"2305843009213693951"}}""", Serialize(null));
    }

    [Fact]
    public void A_reply_has_the_metadata_and_locks_that_are_told_of()
    {
        var data = new SharedDataWatched(new(1, "s", 0, 0), new(3, [new("k", "v", 3)]), new(1, [new(new("door"), 10)]));

        Assert.Equal(
            """{"position":{"offset":7,"epoch":"2305843009213693951"},"metadata":{"majorRevision":3,"items":["""
            + """{"key":"k","value":"v","revision":3}]},"locks":[{"name":"door","owner":"","ttl":10}]}""",
            Serialize(null, data));
    }

    private static string Serialize(bool? isRecovered, params ChannelMessage[] missed) => Serialize(isRecovered, null, missed);

    private static string Serialize(bool? isRecovered, SharedDataWatched? data, params ChannelMessage[] missed) =>
        JsonSerializer.Serialize(
            SubscribedReply.Of(
                new("lobby"), new(new(new RouteStamp(1, "s", 0, 0), new(Epoch, 7), isRecovered, [.. missed]), data)),
            JsonSerializerOptions.Web);

    private static ChannelMessageEvent Event(ChannelMessage message) => new(new("lobby"), Epoch, message);

    private static string KeyOf(string key) => JsonSerializer.Serialize(new { idempotencyKey = key });

    private static T Accept<T>(string json, Func<RequestReader, T> readField)
    {
        var read = new RequestReader(JsonSerializer.Deserialize<HubRequest>(json));
        var value = readField(read);
        Assert.Null(read.Refusal);
        return value;
    }

    private static void AssertRefused<T>(string message, string json, Func<RequestReader, T> readField)
    {
        var read = new RequestReader(JsonSerializer.Deserialize<HubRequest>(json));
        readField(read);
        Assert.Equal((ErrorCode.InvalidParameter, message), (read.Refusal?.Code, read.Refusal?.Message));
    }
}
