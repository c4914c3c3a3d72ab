using ImOrleans.Grains.Abstractions.Gateways;
using ImOrleans.Grains.Gateways;
using ImOrleans.Grains.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Gateways;

/// <summary>The leases as a silo reads them, with the real grain behind.</summary>
public sealed class GatewayLeaseTests() : GrainTest(silos: 2)
{
    private GrainSilo? _reader;

    [Fact]
    public void A_gateway_that_falls_silent_is_dead_after_a_lease_and_one_that_renews_is_not()
    {
        for (var second = 0; second < 60; second += 5)
        {
            if (second < 20)
                Renew(One);
            if (second % 10 == 0)
                Renew(Two);
            Clock.Advance(TimeSpan.FromSeconds(5));
            Poll();
            Assert.Equal(second >= 45, IsDead(One));
        }

        Assert.False(IsDead(Two));
    }

    [Fact]
    public void A_gateway_that_says_good_bye_is_dead_at_the_next_reading()
    {
        Renew(One);
        Poll();
        Do(async () =>
        {
            await LeaseGrain.ReleaseAsync(One.Id);
            return true;
        });
        Assert.False(IsDead(One));

        Poll();

        Assert.True(IsDead(One));
    }

    [Fact]
    public void A_lease_grain_whose_silo_was_killed_ends_nobody()
    {
        var holder = "";
        Gate.Instead = context =>
        {
            holder = context.TargetContext.Address.SiloAddress!.ToParsableString();
            return context.Invoke();
        };
        Renew(One);
        _reader = Silos.Single(silo => silo.Address != holder);
        for (var second = 0; second < 120; second += 5)
        {
            if (second == 40)
                SiloAt(holder).Kill();
            if (second % 10 == 0)
                Renew(One);
            Clock.Advance(TimeSpan.FromSeconds(5));
            Poll();
            Assert.False(IsDead(One));
        }
    }

    protected override void Configure(IServiceCollection services)
    {
        // The real ones: nothing is put in their place.
    }

    private IGatewayLeaseGrain LeaseGrain => Grains.GetGrain<IGatewayLeaseGrain>(IGatewayLeaseGrain.Key);

    private GatewayLeases Reading => (_reader ?? Silos[0]).Services.GetRequiredService<GatewayLeases>();

    private bool IsDead(FakeGateway gateway) => Reading.IsDead(gateway.Id, 0);

    private void Renew(FakeGateway gateway) => Do(async () =>
    {
        await LeaseGrain.RenewAsync(gateway.Id);
        return true;
    });

    private void Poll() => Do(async () =>
    {
        await Reading.PollAsync();
        return true;
    });
}
