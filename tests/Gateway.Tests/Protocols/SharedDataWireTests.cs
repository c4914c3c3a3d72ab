using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Tests.Protocols;

public sealed class SharedDataWireTests
{
    [Fact]
    public void A_change_of_channel_metadata() => AssertWritten(
        "OnStorageEvents",
        """{"storageType":"channel","target":"lobby","channelType":"message","type":"set","majorRevision":7,"items":[{"key":"k","value":"\"v\"","revision":7,"author":"ann","updateTs":5}]}""",
        new StorageEvent(ChannelType.Message, "lobby", MetadataChangeKind.Set, 7, [new("k", "\"v\"", 7, new("ann"), 5)]));

    [Fact]
    public void All_metadata_of_a_user() => AssertWritten(
        "OnStorageEvents",
        """{"storageType":"user","target":"ann","type":"snapshot","majorRevision":0,"items":[]}""",
        new StorageEvent(ChannelType.User, "ann", null, 0, []));

    [Theory]
    [InlineData(MetadataChangeKind.Update, "update")]
    [InlineData(MetadataChangeKind.Remove, "remove")]
    public void The_kinds_of_changes_have_words(MetadataChangeKind kind, string word) => Assert.Equal(
        word, Read(new StorageEvent(ChannelType.Stream, "lobby", kind, 1, [])).GetProperty("type").GetString());

    [Theory]
    [InlineData(LockChangeKind.Set, "set")]
    [InlineData(LockChangeKind.Removed, "remove")]
    [InlineData(LockChangeKind.Acquired, "acquired")]
    [InlineData(LockChangeKind.Released, "released")]
    [InlineData(LockChangeKind.Expired, "expired")]
    public void What_happens_to_locks_has_words(LockChangeKind kind, string word) => Assert.Equal(
        word, Read(new LocksEvent(ChannelType.Stream, "lobby", kind, 7, [new(new("door"), 10)])).GetProperty("type").GetString());

    [Fact]
    public void All_locks_with_and_without_owners() => AssertWritten(
        "OnLockEvents",
        """{"type":"snapshot","channel":"lobby","channelType":"stream","revision":7,"locks":[{"name":"door","owner":"","ttl":10},{"name":"gate","owner":"ann","ttl":300,"fencingToken":4}]}""",
        new LocksEvent(ChannelType.Stream, "lobby", null, 7, [new(new("door"), 10), new(new("gate"), 300, new("ann"), 4)]));

    [Fact]
    public void A_change_is_read_with_all_that_it_may_have()
    {
        var read = Reader(
            """
            {"items":[{"key":"a","value":"1","revision":3},{"key":"b","value":""}],"majorRevision":9,"lock":"door",
            "fencingToken":4,"recordTs":true,"recordAuthor":true}
            """);
        var change = MetadataReader.Change(read, new("ann"), MetadataChangeKind.Set);
        Assert.Null(read.Refusal);
        Assert.Equal<MetadataWrite>([new("a", "1", 3), new("b", "", -1)], change.Items);
        Assert.Equal((9L, "door", 4L), (change.MajorRevision, change.Lock?.Value, change.FencingToken));
        Assert.True(change is { RecordTime: true, RecordAuthor: true });
    }

    [Fact]
    public void A_removal_needs_neither_items_nor_values()
    {
        var read = Reader("""{"items":[{"key":"a"}]}""");
        Assert.Equal<MetadataWrite>(
            [new("a", "", -1)], MetadataReader.Change(read, new("ann"), MetadataChangeKind.Remove).Items);
        Assert.Null(read.Refusal);
        read = Reader("{}");
        Assert.Empty(MetadataReader.Change(read, new("ann"), MetadataChangeKind.Remove).Items);
        Assert.Null(read.Refusal);
    }

    [Theory]
    [InlineData("{}", "items")]
    [InlineData("""{"items":null}""", "items")]
    [InlineData("""{"items":{"a":"1"}}""", "items")]
    [InlineData("""{"items":["a"]}""", "items")]
    [InlineData("""{"items":[{"value":"1"}]}""", "key")]
    [InlineData("""{"items":[{"key":"a"}]}""", "value")]
    [InlineData("""{"items":[{"key":1,"value":"1"}]}""", "key")]
    [InlineData("""{"items":[{"key":"a","value":1}]}""", "value")]
    [InlineData("""{"items":[{"key":"a","value":"1","revision":"x"}]}""", "revision")]
    [InlineData("""{"items":[{"key":"a","value":"1","revision":1.5}]}""", "revision")]
    [InlineData("""{"items":[],"majorRevision":true}""", "majorRevision")]
    [InlineData("""{"items":[],"recordTs":1}""", "recordTs")]
    [InlineData("""{"items":[],"recordAuthor":"yes"}""", "recordAuthor")]
    [InlineData("""{"items":[],"lock":5}""", "lock")]
    [InlineData("""{"items":[],"lock":"door","fencingToken":"4"}""", "fencingToken")]
    public void A_malformed_change_is_refused_with_the_name_of_the_field(string json, string field)
    {
        var read = Reader(json);
        MetadataReader.Change(read, new("ann"), MetadataChangeKind.Set);
        Assert.Equal(ErrorCode.InvalidParameter, read.Refusal?.Code);
        Assert.Contains($"'{field}'", read.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_name_of_a_lock_has_the_code_of_its_call()
    {
        var text = new string('x', 65);
        var read = Reader($$"""{"name":"{{text}}"}""");
        MetadataReader.Lock(read);
        Assert.Equal(ErrorCode.LockInvalidName, read.Refusal?.Code);
        read = Reader($$"""{"items":[],"lock":"{{text}}"}""");
        MetadataReader.Change(read, new("ann"), MetadataChangeKind.Set);
        Assert.Equal(ErrorCode.StorageInvalidLockName, read.Refusal?.Code);
    }

    [Theory]
    [InlineData("""{"items":[],"fencingToken":4}""")]
    [InlineData("""{"items":[],"lock":"door","fencingToken":0}""")]
    [InlineData("""{"items":[],"lock":"door","fencingToken":-1}""")]
    public void A_fencing_token_is_greater_than_zero_and_of_a_lock(string json)
    {
        var read = Reader(json);
        MetadataReader.Change(read, new("ann"), MetadataChangeKind.Set);
        Assert.Equal(ErrorCode.StorageInvalidArgument, read.Refusal?.Code);
    }

    [Theory]
    [InlineData("""{"channelType":"user"}""", ErrorCode.InvalidChannelType)]
    [InlineData("""{"channelType":"topic"}""", ErrorCode.InvalidParameter)]
    [InlineData("{}", ErrorCode.InvalidParameter)]
    [InlineData("""{"channelType":"message"}""", null)]
    public void The_type_of_the_channel_is_named(string json, ErrorCode? code)
    {
        var read = Reader(json);
        MetadataReader.ChannelTypeOf(read);
        Assert.Equal(code, read.Refusal?.Code);
    }

    private static void AssertWritten(string method, string json, SessionEvent written)
    {
        var encoded = EventEncoder.Encode(written);
        Assert.Equal(method, encoded.Method);
        Assert.Equal(json, Encoding.UTF8.GetString(encoded.Elements.Span));
        Assert.True(written.Bytes >= json.Length - 64, "The size in the queue is no less than what is sent, about.");
    }

    private static JsonElement Read(SessionEvent written) =>
        JsonSerializer.Deserialize<JsonElement>(EventEncoder.Encode(written).Elements.Span);

    private static RequestReader Reader(string json) => new(new(JsonSerializer.Deserialize<JsonElement>(json), false));
}
