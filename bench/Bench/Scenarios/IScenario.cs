using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Scenarios;

/// <summary>Something that is measured as a whole.</summary>
internal interface IScenario
{
    /// <summary>What it is, for whoever watches.</summary>
    string Title { get; }

    /// <summary>The budgets that it answers: G1, G2.</summary>
    IReadOnlyList<string> Ids { get; }

    /// <summary>Measures.</summary>
    IReadOnlyList<Row> Run(BenchContext context);
}
