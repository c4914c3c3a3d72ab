namespace ImOrleans.Bench.Results;

/// <summary>Everything that one run has measured.</summary>
internal sealed record RunResult
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Where.</summary>
    public required MachineFacts Machine { get; init; }

    /// <summary>How long and how often.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>The lines, in the order in which they were measured.</summary>
    public required IReadOnlyList<Row> Rows { get; init; }

    /// <summary>Scenarios that could not be measured, each with its reason.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>Messages counted at the receivers, each once a receiver.</summary>
    public required long Deliveries { get; init; }

    /// <summary>How much of the machine programs other than the measured used meanwhile: 0 to 1.</summary>
    public required double OthersShare { get; init; }
}
