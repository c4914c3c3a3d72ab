namespace ImOrleans.Bench.Results;

/// <summary>The few figures that describe many.</summary>
internal static class Statistics
{
    /// <summary>The middle value; the mean of the two middle ones when their number is even.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            throw new ArgumentException("There is no median of nothing.", nameof(values));
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The smallest value that at least a share of all are not above.</summary>
    /// <param name="values">In any order.</param>
    /// <param name="share">More than 0, at most 1: 0.99 for the 99th percentile.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            throw new ArgumentException("There is no percentile of nothing.", nameof(values));
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
