namespace ImOrleans.Bench.Results;

/// <summary>The ratio of two variants that ran in turn: the median of the rounds, the least and the most.</summary>
internal readonly record struct Paired(double Median, double Min, double Max)
{
    /// <summary>Divides the values round by round, so that what slows the machine down slows both.</summary>
    /// <exception cref="ArgumentException">The rounds are not the same, or there are none.</exception>
    public static Paired Of(IReadOnlyList<double> subject, IReadOnlyList<double> baseline)
    {
        if (subject.Count != baseline.Count)
            throw new ArgumentException("Both variants need a value a round.", nameof(baseline));
        var ratios = subject.Zip(baseline, (value, other) => value / other).ToArray();
        return new(Statistics.Median(ratios), ratios.Min(), ratios.Max());
    }
}
