using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Tests;

public sealed class PairedTests
{
    [Fact]
    public void A_ratio_is_taken_within_a_round_and_then_the_middle_of_them()
    {
        // The third round was slow for both: its ratio says the same, its figures do not.
        var paired = Paired.Of([10, 12, 50], [10, 10, 25]);

        Assert.Equal(new Paired(1.2, 1, 2), paired);
    }

    [Fact]
    public void Variants_with_unequal_rounds_are_refused() =>
        Assert.Throws<ArgumentException>(() => Paired.Of([1, 2], [1]));

    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 2.5)]
    [InlineData(new double[] { 7 }, 7)]
    public void The_median_is_the_middle_of_the_sorted(double[] values, double median) =>
        Assert.Equal(median, Statistics.Median(values));

    [Theory]
    [InlineData(0.99, 99)]
    [InlineData(0.5, 50)]
    [InlineData(0.001, 1)]
    [InlineData(1, 100)]
    public void A_percentile_is_the_smallest_value_that_covers_its_share(double share, double expected) =>
        Assert.Equal(expected, Statistics.Percentile(Enumerable.Range(1, 100).Reverse().Select(i => (double)i), share));

    [Fact]
    public void Nothing_has_neither_median_nor_percentile()
    {
        Assert.Throws<ArgumentException>(() => Statistics.Median([]));
        Assert.Throws<ArgumentException>(() => Statistics.Percentile([], 0.5));
    }
}
