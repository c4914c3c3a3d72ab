namespace ImOrleans.Storage.Tests;

public sealed class JsonGrainStorageSerializerTests
{
    private readonly JsonGrainStorageSerializer _serializer = new(TestStateContext.Default, schema: 3);

    [Fact]
    public void Stored_shape_holds_the_schema_number_and_no_type_name()
    {
        var stored = _serializer.Serialize(new TestState { Text = "a", Numbers = [1] }).ToString();
        Assert.Equal("""{"schema":3,"state":{"Text":"a","Numbers":[1]}}""", stored);
    }

    [Fact]
    public void State_reads_back() =>
        Assert.Equal("a", _serializer.Deserialize<TestState>(_serializer.Serialize(new TestState { Text = "a" }))!.Text);

    [Fact]
    public void No_state_reads_back_as_none() =>
        Assert.Null(_serializer.Deserialize<TestState>(_serializer.Serialize<TestState>(null)));

    [Fact]
    public void Older_state_reads_with_defaults_for_what_is_new()
    {
        var read = _serializer.Deserialize<TestState>(new BinaryData("""{"schema":1,"state":{"Text":"a"}}"""));
        Assert.Equal("a", read!.Text);
        Assert.Empty(read.Numbers);
    }

    [Fact]
    public void Older_state_can_be_upgraded()
    {
        var serializer = new JsonGrainStorageSerializer(TestStateContext.Default, 3, static (type, schema, state) =>
        {
            state["Text"] = $"{type.Name} from {schema}: {state["Name"]}";
            return state;
        });
        var read = serializer.Deserialize<TestState>(new BinaryData("""{"schema":2,"state":{"Name":"a"}}"""));
        Assert.Equal("TestState from 2: a", read!.Text);
    }

    [Theory]
    [InlineData("""{"schema":4,"state":{}}""")]
    [InlineData("""{"state":{}}""")]
    [InlineData("""{"schema":1}""")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    public void What_is_newer_or_no_envelope_is_refused(string stored) =>
        Assert.Throws<InvalidDataException>(() => _serializer.Deserialize<TestState>(new BinaryData(stored)));

    [Fact]
    public void State_without_a_contract_is_refused_by_name()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => _serializer.Serialize(new List<Guid>()));
        Assert.Contains("System.Guid", failure.Message, StringComparison.Ordinal);
    }
}
