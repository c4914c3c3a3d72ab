using System.Text.Json.Serialization;

namespace ImOrleans.Bench.Results;

/// <summary>One variant's figure, a value a round.</summary>
internal sealed record Series(string Name, IReadOnlyList<double> Values)
{
    /// <summary>The middle of the rounds.</summary>
    [JsonIgnore]
    public double Median => Statistics.Median(Values);
}
