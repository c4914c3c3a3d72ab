using ImOrleans.Grains.Gateways;

namespace ImOrleans.Grains.Tests.Gateways;

public sealed class LeaseBookTests
{
    private static readonly GatewayId One = new("g1");

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void A_renewal_moves_the_lease()
    {
        var book = new LeaseBook(_clock);
        book.Renew(One);
        var first = Assert.Single(book.List());
        book.Renew(One);

        Assert.True(Assert.Single(book.List()).Renewals > first.Renewals);
        Assert.False(first.IsReleased);
    }

    [Fact]
    public void A_released_lease_stays_released_whatever_comes_late()
    {
        var book = new LeaseBook(_clock);
        book.Renew(One);
        book.Release(One);
        book.Renew(One);

        Assert.True(Assert.Single(book.List()).IsReleased);
    }

    [Fact]
    public void A_lease_that_did_not_move_for_a_minute_is_forgotten()
    {
        var book = new LeaseBook(_clock);
        book.Renew(One);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Single(book.List());
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(book.List());
    }

    [Fact]
    public void A_new_book_does_not_repeat_the_numbers_of_the_one_before()
    {
        var before = new LeaseBook(_clock);
        before.Renew(One);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var after = new LeaseBook(_clock);
        after.Renew(One);

        Assert.NotEqual(before.List()[0].Renewals, after.List()[0].Renewals);
    }
}
