using System.Text.Json;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.SignalR;

namespace ImOrleans.Gateway.Tests.Protocols;

public sealed class RequestReaderTests
{
    /// <summary>What a field that holds one string may not be, whatever it stands for.</summary>
    public static TheoryData<string> WrongStrings { get; } =
        ["1", "true", "[]", "{}", "[\"a\"]", "\"\\ud83d\"", "\"\\ude00\""];

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"channel":null}""")]
    public void A_channel_has_to_be_there(string json) =>
        AssertRefused(ErrorCode.InvalidParameter, "'channel' is missing.", json, read => read.Channel());

    [Theory]
    [MemberData(nameof(WrongStrings))]
    public void A_channel_has_to_be_a_string(string value) => AssertRefused(
        ErrorCode.InvalidParameter, "'channel' must be a string.", $$"""{"channel":{{value}}}""",
        read => read.Channel());

    [Theory]
    [InlineData("")]
    [InlineData("_a")]
    [InlineData("a.b")]
    public void A_channel_has_to_be_a_channel_name(string name) => AssertRefused(
        ErrorCode.InvalidChannelName, "'channel' is no channel name", $$"""{"channel":"{{name}}"}""",
        read => read.Channel());

    [Fact]
    public void A_channel_is_read() =>
        Assert.Equal(new ChannelName("lobby"), Accept("""{"channel":"lobby"}""", read => read.Channel()));

    [Theory]
    [InlineData("{}", "'topic' is missing.", ErrorCode.InvalidParameter)]
    [InlineData("""{"topic":null}""", "'topic' is missing.", ErrorCode.InvalidParameter)]
    [InlineData("""{"topic":5}""", "'topic' must be a string.", ErrorCode.InvalidParameter)]
    [InlineData("""{"topic":"\ud83d"}""", "'topic' must be a string.", ErrorCode.InvalidParameter)]
    [InlineData("""{"topic":""}""", "'topic' is no topic name", ErrorCode.ChannelInvalidTopicName)]
    [InlineData("""{"topic":"a/b"}""", "'topic' is no topic name", ErrorCode.ChannelInvalidTopicName)]
    public void A_wrong_topic_is_refused(string json, string message, ErrorCode code) =>
        AssertRefused(code, message, json, read => read.Topic());

    [Fact]
    public void A_topic_is_read() =>
        Assert.Equal(new TopicName("\u65b0\u805e"), Accept("""{"topic":"新聞"}""", read => read.Topic()));

    [Theory]
    [InlineData("{}", "'userId' is missing.", ErrorCode.InvalidParameter)]
    [InlineData("""{"userId":null}""", "'userId' is missing.", ErrorCode.InvalidParameter)]
    [InlineData("""{"userId":["a"]}""", "'userId' must be a string.", ErrorCode.InvalidParameter)]
    [InlineData("""{"userId":" a"}""", "'userId' is no user id", ErrorCode.InvalidUserId)]
    [InlineData("""{"userId":"é"}""", "'userId' is no user id", ErrorCode.InvalidUserId)]
    public void A_wrong_user_is_refused(string json, string message, ErrorCode code) =>
        AssertRefused(code, message, json, read => read.User("userId"));

    [Fact]
    public void A_user_is_read() =>
        Assert.Equal(new UserId("ann"), Accept("""{"userId":"ann"}""", read => read.User("userId")));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"users":null}""")]
    [InlineData("""{"users":[]}""")]
    public void No_users_are_an_empty_list(string json) => Assert.Empty(Accept(json, read => read.Users()));

    [Fact]
    public void Users_are_read_in_order_each_once() => Assert.Equal(
        ["b", "a", "c"], Accept("""{"users":["b","a","b","c","a"]}""", read => read.Users()).Select(user => user.Value));

    [Theory]
    [InlineData("\"a\"")]
    [InlineData("{}")]
    [InlineData("3")]
    [InlineData("[3]")]
    [InlineData("[null]")]
    [InlineData("[\"a\",[\"b\"]]")]
    [InlineData("[\"\\ud83d\"]")]
    public void Users_have_to_be_an_array_of_strings(string value) => AssertRefused(
        ErrorCode.InvalidParameter, "'users' must be an array of strings.", $$"""{"users":{{value}}}""",
        read => read.Users());

    [Theory]
    [InlineData("[\"\"]")]
    [InlineData("[\"a\",\"b \"]")]
    public void Users_have_to_be_user_ids(string value) => AssertRefused(
        ErrorCode.InvalidUserId, "'users' has an entry", $$"""{"users":{{value}}}""", read => read.Users());

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Users_are_at_most_256(int count, bool isAllowed)
    {
        var json = JsonSerializer.Serialize(new { users = Enumerable.Range(0, count).Select(i => $"u{i}") });
        if (isAllowed)
            Assert.Equal(count, Accept(json, read => read.Users()).Length);
        else
            AssertRefused(
                ErrorCode.ChannelInvalidUserList, "'users' names more than 256 users.", json, read => read.Users());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"meta":null}""")]
    public void A_text_may_be_left_out(string json) => Assert.Null(Accept(json, read => read.Text("meta")));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"token":null}""")]
    public void A_required_text_may_not(string json) => AssertRefused(
        ErrorCode.InvalidParameter, "'token' is missing.", json, read => read.Text("token", isRequired: true));

    [Theory]
    [MemberData(nameof(WrongStrings))]
    public void A_text_has_to_be_a_string(string value) => AssertRefused(
        ErrorCode.InvalidParameter, "'meta' must be a string.", $$"""{"meta":{{value}}}""", read => read.Text("meta"));

    [Fact]
    public void A_text_is_read() =>
        Assert.Equal("a\U0001f600", Accept("""{"meta":"a\ud83d\ude00"}""", read => read.Text("meta")));

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"withLock":null}""", true)]
    [InlineData("""{"withLock":false}""", false)]
    [InlineData("""{"withLock":true}""", true)]
    public void A_flag_has_a_value_of_its_own_when_it_is_left_out(string json, bool expected) =>
        Assert.Equal(expected, Accept(json, read => read.Flag("withLock", true)));

    [Theory]
    [InlineData("\"true\"")]
    [InlineData("0")]
    [InlineData("{}")]
    public void A_flag_has_to_be_true_or_false(string value) => AssertRefused(
        ErrorCode.InvalidParameter, "'withLock' must be true or false.", $$"""{"withLock":{{value}}}""",
        read => read.Flag("withLock", true));

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"sendTs":null}""", null)]
    [InlineData("""{"sendTs":-5}""", -5L)]
    [InlineData("""{"sendTs":9223372036854775807}""", long.MaxValue)]
    public void A_number_is_read_or_left_out(string json, long? expected) =>
        Assert.Equal(expected, Accept(json, read => read.Number("sendTs")));

    [Theory]
    [InlineData("\"5\"")]
    [InlineData("5.5")]
    [InlineData("9223372036854775808")]
    [InlineData("true")]
    public void A_number_has_to_be_a_whole_one(string value) => AssertRefused(
        ErrorCode.InvalidParameter, "'sendTs' must be a whole number.", $$"""{"sendTs":{{value}}}""",
        read => read.Number("sendTs"));

    [Theory]
    [InlineData("{}", 7)]
    [InlineData("""{"kind":null}""", 7)]
    [InlineData("""{"kind":"one"}""", 1)]
    [InlineData("""{"kind":"two"}""", 2)]
    public void A_word_stands_for_a_value(string json, int expected) =>
        Assert.Equal(expected, Accept(json, read => read.OneOf("kind", 7, ("one", 1), ("two", 2))));

    [Theory]
    [InlineData("\"three\"")]
    [InlineData("\"One\"")]
    [InlineData("\"\"")]
    [InlineData("1")]
    [InlineData("\"\\ud83d\"")]
    public void An_unknown_word_is_refused_with_the_known_ones(string value) => AssertRefused(
        ErrorCode.InvalidParameter, "'kind' must be one of 'one', 'two'.", $$"""{"kind":{{value}}}""",
        read => read.OneOf("kind", 7, ("one", 1), ("two", 2)));

    [Theory]
    [InlineData("""{"payload":"a"}""", "'messageType' is missing.", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":1,"payload":"a"}""", "'messageType' must be a string.", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":"xml","payload":"a"}""", "'messageType' must be", ErrorCode.ChannelUnsupportedMessageType)]
    [InlineData("""{"messageType":"string"}""", "'payload' is missing.", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":"string","payload":null}""", "'payload' is missing.", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":"string","payload":{}}""", "'payload' must be a string.", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":"string","payload":"\ud83d"}""", "'payload' must be a string.", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":"binary","payload":"a"}""", "'payload' must be base64", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":"binary","payload":"YQ"}""", "'payload' must be base64", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":"binary","payload":"_-8="}""", "'payload' must be base64", ErrorCode.InvalidParameter)]
    [InlineData("""{"messageType":"string","payload":"a","customType":1}""", "'customType' must be a string.", ErrorCode.InvalidParameter)]
    public void A_wrong_payload_is_refused(string json, string message, ErrorCode code) =>
        AssertRefused(code, message, json, read => read.Payload(1024));

    [Theory]
    [InlineData("""{"messageType":"string","payload":""}""", MessageType.String, "")]
    [InlineData("""{"messageType":"string","payload":"é"}""", MessageType.String, "C3A9")]
    [InlineData("""{"messageType":"binary","payload":""}""", MessageType.Binary, "")]
    [InlineData("""{"messageType":"binary","payload":"AP8="}""", MessageType.Binary, "00FF")]
    public void A_payload_is_read(string json, MessageType type, string hex)
    {
        var payload = Accept(json, read => read.Payload(1024));
        Assert.Equal(type, payload.Type);
        Assert.Equal(hex, Convert.ToHexString(payload.Bytes.Span));
        Assert.Null(payload.CustomType);
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void A_text_payload_is_measured_in_bytes_of_utf8(int bytes, bool isAllowed)
    {
        var text = new string('\u00e9', bytes / 2) + new string('a', bytes % 2);
        AssertLength(isAllowed, JsonSerializer.Serialize(new { messageType = "string", payload = text }), bytes);
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void A_binary_payload_is_measured_decoded(int bytes, bool isAllowed) => AssertLength(
        isAllowed, JsonSerializer.Serialize(new { messageType = "binary", payload = new byte[bytes] }), bytes);

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void A_custom_type_has_at_most_32_characters(int length, bool isAllowed)
    {
        var customType = new string('t', length);
        var json = JsonSerializer.Serialize(new { messageType = "string", payload = "a", customType });
        if (isAllowed)
            Assert.Equal(customType, Accept(json, read => read.Payload(1024)).CustomType);
        else
            AssertRefused(
                ErrorCode.ChannelCustomTypeLengthOverflow, "'customType' has more than 32 characters.", json,
                read => read.Payload(1024));
    }

    [Fact]
    public void The_first_wrong_field_is_the_one_that_is_told()
    {
        var read = new RequestReader(Request("""{"topic":5}"""));
        read.Channel();
        read.Topic();
        read.Refuse(ErrorCode.NotLogin, "later");
        Assert.Equal(new Refusal(ErrorCode.InvalidParameter, "'channel' is missing."), read.Refusal);
    }

    [Fact]
    public void An_unknown_field_is_ignored() =>
        Assert.Equal(new ChannelName("a"), Accept("""{"channel":"a","colour":"red"}""", read => read.Channel()));

    [Fact]
    public void A_field_name_that_is_no_unicode_is_refused_or_ignored_but_never_thrown()
    {
        var read = new RequestReader(Request("""{"\ud83d":1}"""));
        read.Channel();
        Assert.Equal(ErrorCode.InvalidParameter, read.Refusal?.Code);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("5")]
    [InlineData("true")]
    public void A_request_that_is_no_object_is_refused(string json) => Assert.Equal(
        new Refusal(ErrorCode.InvalidParameter, "The request must be one JSON object."),
        new RequestReader(Request(json)).Refusal);

    [Fact]
    public void A_malformed_request_is_refused() => Assert.Equal(
        ErrorCode.InvalidParameter, new RequestReader(HubRequest.Malformed).Refusal?.Code);

    [Fact]
    public void No_request_and_null_are_requests_without_fields()
    {
        Assert.Null(new RequestReader(HubRequest.None).Refusal);
        var read = new RequestReader(Request("null"));
        Assert.Null(read.Refusal);
        Assert.Null(read.Text("meta"));
        Assert.Null(read.Refusal);
    }

    [Theory]
    [InlineData("""{"meta":"0"}""", 256, true)]
    [InlineData("""{"meta":"0"}""", 257, false)]
    public void A_publishers_meta_has_at_most_256_bytes(string json, int bytes, bool isAllowed)
    {
        var meta = new string('\u00e9', bytes / 2) + new string('a', bytes % 2);
        json = json.Replace("0", meta, StringComparison.Ordinal);
        if (isAllowed)
            Assert.NotNull(Accept(json, PublisherRoleReader.Read).Meta);
        else
            AssertRefused(
                ErrorCode.ChannelInvalidTopicMeta, "'meta' has more than 256 bytes.", json, PublisherRoleReader.Read);
    }

    [Fact]
    public void A_publisher_is_unordered_and_normal_unless_it_says_otherwise()
    {
        Assert.Equal(new(TopicQos.Unordered, MessagePriority.Normal, null), Accept("{}", PublisherRoleReader.Read));
        Assert.Equal(
            new(TopicQos.Ordered, MessagePriority.Low, "m"),
            Accept("""{"qos":"ordered","priority":"low","meta":"m","syncMedia":true}""", PublisherRoleReader.Read));
    }

    [Theory]
    [InlineData("""{"qos":1}""", "'qos' must be one of 'unordered', 'ordered'.")]
    [InlineData("""{"priority":"urgent"}""", "'priority' must be one of 'highest', 'high', 'normal', 'low'.")]
    [InlineData("""{"syncMedia":1}""", "'syncMedia' must be true or false.")]
    public void A_wrong_publisher_role_is_refused(string json, string message) =>
        AssertRefused(ErrorCode.InvalidParameter, message, json, PublisherRoleReader.Read);

    private static void AssertLength(bool isAllowed, string json, int bytes)
    {
        if (isAllowed)
            Assert.Equal(bytes, Accept(json, read => read.Payload(1024)).Bytes.Length);
        else
            AssertRefused(
                ErrorCode.ChannelMessageLengthExceedLimitation, "'payload' has more than 1024 bytes.", json,
                read => read.Payload(1024));
    }

    private static T Accept<T>(string json, Func<RequestReader, T> readField)
    {
        var read = new RequestReader(Request(json));
        var value = readField(read);
        Assert.Null(read.Refusal);
        return value;
    }

    private static void AssertRefused<T>(ErrorCode code, string message, string json, Func<RequestReader, T> readField)
    {
        var read = new RequestReader(Request(json));
        readField(read);
        Assert.Equal(code, read.Refusal?.Code);
        Assert.StartsWith(message, read.Refusal!.Message, StringComparison.Ordinal);
    }

    private static HubRequest Request(string json) => JsonSerializer.Deserialize<HubRequest>(json);
}
