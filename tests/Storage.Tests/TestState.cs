using System.Text.Json.Serialization;

namespace ImOrleans.Storage.Tests;

/// <summary>A state as a grain would have it.</summary>
public sealed class TestState
{
    public string Text { get; set; } = "";

    public List<int> Numbers { get; set; } = [];
}

/// <summary>The contract of the state; the other one has none.</summary>
[JsonSerializable(typeof(TestState))]
internal sealed partial class TestStateContext : JsonSerializerContext;
