using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Tests.Delivery;

public sealed class AwaySessionsTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly SessionId Ann = new(new("g1"), 1);
    private static readonly SessionId Bob = new(new("g1"), 2);
    private static readonly SessionId Cleo = new(new("g2"), 1);

    private readonly AwaySessions _away = new();

    [Fact]
    public void Each_is_due_at_its_time_and_once()
    {
        _away.Add(Bob, Start.AddSeconds(2));
        _away.Add(Ann, Start.AddSeconds(1));
        Assert.Equal(Start.AddSeconds(1), _away.NextDue());
        Assert.Empty(_away.TakeDue(Start));
        Assert.Equal([Ann], _away.TakeDue(Start.AddSeconds(1)));
        Assert.Equal([Bob], _away.TakeDue(Start.AddSeconds(9)));
        Assert.Null(_away.NextDue());
    }

    [Fact]
    public void Who_is_there_again_is_not_due()
    {
        _away.Add(Ann, Start.AddSeconds(1));
        _away.Add(Bob, Start.AddSeconds(2));
        _away.Add(Cleo, Start.AddSeconds(3));
        _away.Remove(Ann);
        Assert.Equal(Start.AddSeconds(2), _away.NextDue());
        _away.Remove(Bob.Gateway);
        Assert.Equal([Cleo], _away.TakeDue(Start.AddSeconds(3)));
    }

    [Fact]
    public void Who_goes_away_again_has_its_time_anew()
    {
        _away.Add(Ann, Start.AddSeconds(1));
        _away.Remove(Ann);
        _away.Add(Ann, Start.AddSeconds(5));
        Assert.Empty(_away.TakeDue(Start.AddSeconds(4)));
        Assert.Equal([Ann], _away.TakeDue(Start.AddSeconds(5)));
    }
}
