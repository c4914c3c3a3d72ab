using System.Globalization;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Commands;

/// <summary>Tells what has changed between two runs.</summary>
internal static class CompareCommand
{
    /// <summary>Prints a line for each figure that both have. 1 when one has become worse.</summary>
    public static int Run(string beforePath, string afterPath)
    {
        var comparisons = Comparison.Of(ResultFile.Read(beforePath), ResultFile.Read(afterPath));
        foreach (var comparison in comparisons)
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{comparison.Id,-16} {comparison.Before,10:0.###} -> {comparison.After,10:0.###}  "
                + $"{comparison.Change:0.00}x  {comparison.Verdict}"));
        return comparisons.Any(comparison => comparison.Verdict == "worse") ? 1 : 0;
    }
}
