using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>Local only: Orleans tells how long an activation has been idle by a clock that no test can move.</summary>
public sealed class CollectionTests : GrainTest
{
    [Fact]
    public void A_user_with_sessions_is_not_collected_and_one_without_is()
    {
        Connect(One, "bob", 1, life: TimeSpan.FromHours(5));
        Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, Cluster.ActivationCount);
        Accepted(Do(() => User("bob").SendAsync(new(new("ann"), Text("hello")))));

        Accepted(Do(() => User("bob").DisconnectAsync(new(One.Route(), One.Session(1)))));
        Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, Cluster.ActivationCount);
    }
}
