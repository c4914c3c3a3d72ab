using ImOrleans.Bench.Load;

namespace ImOrleans.Bench.Tests;

public sealed class PatienceTests
{
    [Fact]
    public void A_wait_without_progress_ends_and_says_how_far_it_was()
    {
        var patience = new Patience(TimeSpan.Zero);
        patience.Check(1, () => "1 of 3");
        patience.Check(2, () => "2 of 3");
        var failure = Assert.Throws<TimeoutException>(() => patience.Check(2, () => "2 of 3"));
        Assert.Contains("2 of 3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Within_the_limit_nothing_has_to_move()
    {
        var patience = new Patience(TimeSpan.FromHours(1));
        patience.Check(1, () => "");
        patience.Check(1, () => "");
    }
}
