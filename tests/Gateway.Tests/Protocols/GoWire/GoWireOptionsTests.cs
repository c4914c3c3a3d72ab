using System.ComponentModel.DataAnnotations;
using ImOrleans.Gateway.Protocols.GoWire;

namespace ImOrleans.Gateway.Tests.Protocols.GoWire;

public sealed class GoWireOptionsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("127.0.0.1:7001", "127.0.0.1:7001")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("[::1]:7001", "[::1]:7001")]
    [InlineData("[::]:65535", "[::]:65535")]
    public void An_address_with_a_port_is_read_and_none_means_no_door(string? listen, string? expected)
    {
        var options = new GoWireOptions { Listen = listen };
        Assert.Empty(Failures(options));
        Assert.Equal(expected, options.ToEndPoint()?.ToString());
    }

    [Theory]
    [InlineData("localhost:7001")]
    [InlineData("127.0.0.1")]
    [InlineData("7001")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1")]
    [InlineData("::1:7001")]
    [InlineData(" 127.0.0.1:7001")]
    public void Another_text_is_refused_with_the_settings_name(string listen)
    {
        var failure = Assert.Single(Failures(new() { Listen = listen }));
        Assert.StartsWith("GoWire:Listen must be", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bounds_hold_at_their_ends()
    {
        Assert.Empty(Failures(new() { ConnectionsMax = 1, LoginTimeout = TimeSpan.FromSeconds(1) }));
        Assert.Empty(Failures(new() { ConnectionsMax = 1_000_000, LoginTimeout = TimeSpan.FromMinutes(5) }));
        Assert.Single(Failures(new() { ConnectionsMax = 0 }));
        Assert.Single(Failures(new() { ConnectionsMax = 1_000_001 }));
        Assert.Single(Failures(new() { LoginTimeout = TimeSpan.FromSeconds(0.999) }));
        Assert.Single(Failures(new() { LoginTimeout = TimeSpan.FromSeconds(301) }));
    }

    private static List<string> Failures(GoWireOptions options)
    {
        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(options, new(options), failures, validateAllProperties: true);
        return [.. failures.Select(failure => failure.ErrorMessage!)];
    }
}
