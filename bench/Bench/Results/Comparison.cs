namespace ImOrleans.Bench.Results;

/// <summary>How a line has changed between two runs.</summary>
/// <param name="Id">The line.</param>
/// <param name="Before">What was judged then.</param>
/// <param name="After">What is judged now.</param>
/// <param name="NoiseShare">A change below this share says nothing.</param>
internal sealed record Comparison(string Id, double Before, double After, double NoiseShare)
{
    private const int ManyRounds = 10;
    private const double NoiseOfMany = 0.07;
    private const double NoiseOfFew = 0.15;

    /// <summary>1 is no change, more is worse.</summary>
    public double Change => IsMoreBetter ? Before / After : After / Before;

    /// <summary>Whether more is better.</summary>
    public bool IsMoreBetter { get; init; }

    /// <summary>The change in a word.</summary>
    public string Verdict =>
        Change > 1 + NoiseShare ? "worse" : Change < 1 / (1 + NoiseShare) ? "better" : "the same";

    /// <summary>Compares the lines that both runs have.</summary>
    public static IReadOnlyList<Comparison> Of(RunResult before, RunResult after)
    {
        var noise = Math.Min(before.Options.Rounds, after.Options.Rounds) >= ManyRounds ? NoiseOfMany : NoiseOfFew;
        return
        [
            .. from now in after.Rows
               join then in before.Rows on now.Id equals then.Id
               select new Comparison(now.Id, then.Judged, now.Judged, noise) { IsMoreBetter = now.IsMoreBetter },
        ];
    }
}
