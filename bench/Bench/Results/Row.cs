using System.Text.Json.Serialization;

namespace ImOrleans.Bench.Results;

/// <summary>One line of the results: a figure, what it is compared with, and what it may be.</summary>
internal sealed record Row(string Id, string What, string Unit, Series Subject)
{
    /// <summary>What ran in turn with it; without one the figure itself is judged.</summary>
    public Series? Baseline { get; init; }

    /// <summary>
    /// The most that the ratio, or the figure, may be, or the least, when more is better; without one the line only informs.
    /// </summary>
    public double? Budget { get; init; }

    /// <summary>Whether more is better: then the budget is the least that it may be.</summary>
    public bool IsMoreBetter { get; init; }

    /// <summary>What is aimed at.</summary>
    public double? Stretch { get; init; }

    /// <summary>Something to know when reading it.</summary>
    public string? Note { get; init; }

    /// <summary>The ratio to the baseline.</summary>
    [JsonIgnore]
    public Paired? Ratio => Baseline is null ? null : Paired.Of(Subject.Values, Baseline.Values);

    /// <summary>What the budget is held against.</summary>
    [JsonIgnore]
    public double Judged => Ratio?.Median ?? Subject.Median;
}
