using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Tests.Identifiers;

public sealed class SessionIdTests
{
    [Fact]
    public void Reads_as_gateway_and_number() => Assert.Equal("g1/7", new SessionId(new("g1"), 7).ToString());

    [Fact]
    public void Sessions_of_two_gateways_differ_by_the_gateway() =>
        Assert.NotEqual(new SessionId(new("g1"), 7), new SessionId(new("g2"), 7));
}
