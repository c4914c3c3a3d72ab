using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Tests;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData(7, 1.14, "the same")]
    [InlineData(7, 1.16, "worse")]
    [InlineData(7, 0.85, "better")]
    [InlineData(10, 1.06, "the same")]
    [InlineData(10, 1.08, "worse")]
    public void A_change_counts_when_it_is_more_than_the_noise_of_that_many_rounds(int rounds, double ratio, string verdict)
    {
        var comparison = Assert.Single(Comparison.Of(Run(rounds, 1), Run(rounds, ratio)));
        Assert.Equal(verdict, comparison.Verdict);
    }

    [Theory]
    [InlineData(1.2, "better")]
    [InlineData(0.8, "worse")]
    public void Where_more_is_better_less_is_worse(double ratio, string verdict)
    {
        var comparison = Assert.Single(Comparison.Of(Run(7, 1), MoreIsBetter(Run(7, ratio))));
        Assert.Equal(verdict, comparison.Verdict);

        static RunResult MoreIsBetter(RunResult run) => run with { Rows = [run.Rows[0] with { IsMoreBetter = true }] };
    }

    [Fact]
    public void Lines_of_one_run_alone_are_not_compared() =>
        Assert.Empty(Comparison.Of(Run(7, 1) with { Rows = [] }, Run(7, 1)));

    [Fact]
    public void Results_come_back_from_their_file_as_they_were()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("imorleans-").FullName, "results.json");
        ResultFile.Write(path, Run(7, 1.3));
        var row = Assert.Single(ResultFile.Read(path).Rows);
        Assert.Equal(("G1", 1.3), (row.Id, row.Judged));
    }

    private static RunResult Run(int rounds, double ratio) => new()
    {
        Date = DateTimeOffset.UnixEpoch,
        Machine = new("a processor", 2, 1024, "6.1", ".NET 10"),
        Options = RunOptions.Full with { Rounds = rounds },
        Rows =
        [
            new("G1", "fan-out", "µs", new("ours", [.. Enumerable.Repeat(ratio * 10, rounds)]))
            {
                Baseline = new("plain", [.. Enumerable.Repeat(10.0, rounds)]),
                Budget = 1.2,
            },
        ],
        Failures = [],
        Deliveries = 1,
        OthersShare = 0,
    };
}
