using System.Globalization;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Reports;

/// <summary>A line of the results in words.</summary>
internal static class RowText
{
    /// <summary>For whoever watches a run.</summary>
    public static string Line(Row row) =>
        $"{row.Id}: {Figure(row.Subject.Median)} {row.Unit}"
        + (row.Baseline is { } baseline
            ? $", {baseline.Name} {Figure(baseline.Median)}, ratio {Ratio(row)}"
            : $" ({Spread(row)})")
        + (row.Budget is null ? "" : $", {Verdict(row)}");

    /// <summary>A row of the page's table.</summary>
    public static string TableRow(Row row) =>
        $"| {row.Id} | {row.What} | {Figure(row.Subject.Median)} | "
        + (row.Baseline is { } baseline ? $"{Figure(baseline.Median)} ({baseline.Name})" : "")
        + $" | {row.Unit} | {(row.Baseline is null ? Spread(row) : Ratio(row))} | {Budget(row)} | {Verdict(row)} |";

    /// <summary>Whether the budget is kept.</summary>
    public static string Verdict(Row row) =>
        row.Budget is not { } budget ? ""
        : !IsWithin(row, budget) ? "**missed**"
        : row.Stretch is { } stretch && IsWithin(row, stretch) ? "met, and what is aimed at"
        : "met";

    private static bool IsWithin(Row row, double bound) => row.IsMoreBetter ? row.Judged >= bound : row.Judged <= bound;

    private static string Budget(Row row)
    {
        if (row.Budget is not { } budget)
            return "";
        var unit = row.Baseline is null ? "" : "x";
        return $"{(row.IsMoreBetter ? '≥' : '≤')} {Figure(budget)}{unit}"
            + (row.Stretch is { } stretch ? $" ({Figure(stretch)}{unit})" : "");
    }

    private static string Ratio(Row row) =>
        row.Ratio is { } ratio ? $"{Two(ratio.Median)}x ({Two(ratio.Min)}–{Two(ratio.Max)})" : "";

    private static string Spread(Row row) =>
        $"{Figure(row.Subject.Values.Min())}–{Figure(row.Subject.Values.Max())}";

    private static string Two(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Figure(double value) =>
        value.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);
}
