using ImOrleans.Bench.Reports;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Tests;

public sealed class PerformancePageTests
{
    private static readonly Row Ratio = new("G1", "fan-out", "µs", new("ours", [11, 12, 13]))
    {
        Baseline = new("plain", [10, 10, 10]),
        Budget = 1.2,
        Stretch = 0.9,
    };

    [Fact]
    public void A_row_has_figures_ratio_spread_budget_and_verdict() =>
        Assert.Equal(
            "| G1 | fan-out | 12 | 10 (plain) | µs | 1.20x (1.10–1.30) | ≤ 1.2x (0.9x) | met |",
            RowText.TableRow(Ratio));

    [Theory]
    [InlineData(0.8, "met, and what is aimed at")]
    [InlineData(1.1, "met")]
    [InlineData(1.3, "**missed**")]
    public void The_verdict_is_that_of_the_ratio(double ratio, string verdict) =>
        Assert.Equal(verdict, RowText.Verdict(Ratio with { Subject = new("ours", [ratio * 10, ratio * 10, ratio * 10]) }));

    [Fact]
    public void Without_a_baseline_the_figure_itself_is_judged() =>
        Assert.Equal("**missed**", RowText.Verdict(Ratio with { Baseline = null }));

    [Theory]
    [InlineData(21_000, "met")]
    [InlineData(19_000, "**missed**")]
    public void Where_more_is_better_the_budget_is_the_least(double rate, string verdict)
    {
        var row = new Row("G16", "sends", "a second", new("ours", [rate])) { Budget = 20_000, IsMoreBetter = true };
        Assert.EndsWith($"| ≥ 20,000 | {verdict} |", RowText.TableRow(row), StringComparison.Ordinal);
    }

    [Fact]
    public void What_people_wrote_stays_and_all_else_is_written_anew()
    {
        var page = PerformancePage.Compose(Result(0), $"old\n{PerformancePage.HandWritten}\n\n## Why\n");
        Assert.StartsWith("# Performance", page, StringComparison.Ordinal);
        Assert.DoesNotContain("old", page, StringComparison.Ordinal);
        Assert.EndsWith($"{PerformancePage.HandWritten}\n\n## Why\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Other programs", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_was_not_quiet_is_told() =>
        Assert.Contains("Other programs used 30 %", PerformancePage.Compose(Result(0.3), ""), StringComparison.Ordinal);

    private static RunResult Result(double othersShare) => new()
    {
        Date = DateTimeOffset.UnixEpoch,
        Machine = new("a processor", 2, 1024, "6.1", ".NET 10"),
        Options = RunOptions.Full,
        Rows = [Ratio],
        Failures = [],
        Deliveries = 1,
        OthersShare = othersShare,
    };
}
