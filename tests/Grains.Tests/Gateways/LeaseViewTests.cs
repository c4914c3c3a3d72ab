using ImOrleans.Grains.Abstractions.Gateways;
using ImOrleans.Grains.Gateways;

namespace ImOrleans.Grains.Tests.Gateways;

public sealed class LeaseViewTests
{
    private static readonly GatewayId One = new("g1");

    private readonly ManualTimeProvider _clock = new();
    private readonly GatewayLeaseOptions _options = new();
    private LeaseView _view = LeaseView.Empty;
    private long _renewals;

    [Fact]
    public void Nobody_is_dead_before_the_leases_were_read()
    {
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.False(IsDead(since: 0));
    }

    [Fact]
    public void A_gateway_that_renews_lives()
    {
        for (var i = 0; i < 20; i++)
            Read(moves: true);

        Assert.False(IsDead(since: 0));
    }

    [Fact]
    public void A_gateway_is_dead_after_thirty_seconds_of_silence()
    {
        Read(moves: true);
        ReadTimes(5);
        Assert.False(IsDead(since: 0));

        ReadTimes(1);

        Assert.True(IsDead(since: 0));
    }

    [Fact]
    public void A_gateway_that_called_the_grain_later_has_its_time_from_then()
    {
        Read(moves: true);
        ReadTimes(2);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var heard = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(3));
        Read(moves: false, after: TimeSpan.Zero);
        ReadTimes(5);
        Assert.True(IsDead(since: 0));
        Assert.False(IsDead(heard));

        ReadTimes(1);

        Assert.True(IsDead(heard));
    }

    [Fact]
    public void A_gateway_that_never_renewed_has_its_time_from_when_the_grain_heard_of_it()
    {
        ReadNothing();
        var heard = _clock.GetTimestamp();
        for (var i = 0; i < 5; i++)
            ReadNothing();
        Assert.False(IsDead(heard));

        ReadNothing();

        Assert.True(IsDead(heard));
    }

    [Fact]
    public void A_released_gateway_is_dead_at_once_and_stays_so()
    {
        Read(moves: true);
        Read(new GatewayLease(One, ++_renewals, IsReleased: true));
        Assert.True(IsDead(_clock.GetTimestamp()));

        Read(moves: true);

        Assert.True(IsDead(_clock.GetTimestamp()));
    }

    [Fact]
    public void Time_in_which_readings_failed_does_not_count()
    {
        Read(moves: true);
        ReadTimes(4);
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(_options.PollPeriod);
            _view = _view.Fail();
        }

        ReadTimes(1);
        Assert.False(IsDead(since: 0));
        ReadTimes(2);

        Assert.True(IsDead(since: 0));
    }

    [Fact]
    public void A_silo_that_was_frozen_saw_nobody_be_silent_for_that_time()
    {
        Read(moves: true);

        Read(moves: false, after: TimeSpan.FromMinutes(10));
        Assert.False(IsDead(since: 0));
        ReadTimes(4);

        Assert.True(IsDead(since: 0));
    }

    [Fact]
    public void A_lease_grain_that_lost_its_memory_ends_nobody_who_renews_in_time()
    {
        Read(moves: true);
        ReadNothing();
        ReadNothing();
        _renewals = 1000;
        Read(moves: true);
        ReadTimes(5);

        Assert.False(IsDead(since: 0));
    }

    [Fact]
    public void An_expiry_is_told_once()
    {
        Read(moves: true);
        ReadTimes(5);
        var before = _view;
        ReadTimes(1);
        var at = _view;
        ReadTimes(1);

        Assert.Equal([One], at.ExpiredSince(before, _options.LeaseDuration));
        Assert.Empty(_view.ExpiredSince(at, _options.LeaseDuration));
    }

    private bool IsDead(long since) => _view.IsDead(One, since, _clock, _options.LeaseDuration);

    private void ReadTimes(int times)
    {
        for (var i = 0; i < times; i++)
            Read(moves: false);
    }

    private void Read(bool moves, TimeSpan? after = null)
    {
        if (moves)
            _renewals++;
        Read(after, new GatewayLease(One, _renewals, IsReleased: false));
    }

    private void ReadNothing() => Read(null, []);

    private void Read(GatewayLease lease) => Read(null, lease);

    private void Read(TimeSpan? after, params GatewayLease[] leases)
    {
        _clock.Advance(after ?? _options.PollPeriod);
        _view = _view.Read([.. leases], _clock.GetTimestamp(), _clock, _options);
    }
}
