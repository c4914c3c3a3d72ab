using ImOrleans.Gateway.Hosting;
using Microsoft.Extensions.Configuration;

namespace ImOrleans.Gateway.Tests.Hosting;

public sealed class OwnedSettingsTests
{
    private static readonly OwnedSettings Owned =
        new OwnedSettings(typeof(OwnedSettings).Assembly).With("Storage:DataDirectory");

    [Theory]
    [InlineData("Sessions:SilenceMx", "Sessions:SilenceMax")]
    [InlineData("Sessions:silencemax2", "Sessions:SilenceMax")]
    [InlineData("RateLimits:CallPerSecond", "RateLimits:CallsPerSecond")]
    [InlineData("Outbox:Whatever", "Outbox:")]
    [InlineData("Storage:DataDir", "Storage:DataDirectory")]
    [InlineData("Sessions:SilenceMax:Seconds", "Sessions:SilenceMax")]
    // Two classes share the section.
    [InlineData("Gateway:AllowedOrigin", "Gateway:AllowedOrigins")]
    [InlineData("Gateway:LeaseRenewel", "Gateway:LeaseRenewal")]
    // The section itself.
    [InlineData("Session:SilenceMax", "Sessions:SilenceMax")]
    [InlineData("RateLimit:CallsPerSecond", "RateLimits:CallsPerSecond")]
    [InlineData("GoWires:Listen", "GoWire:Listen")]
    public void What_nothing_reads_is_found_with_the_nearest_name(string setting, string nearest)
    {
        var unknown = Assert.Single(Unknown(setting));
        Assert.StartsWith(setting, unknown.Name, StringComparison.Ordinal);
        Assert.StartsWith(nearest, unknown.Nearest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sessions:SilenceMax")]
    [InlineData("sessions:SILENCEMAX")]
    [InlineData("Gateway:AllowedOrigins")]
    [InlineData("Gateway:AllowedOrigins:0")]
    [InlineData("Gateway:LeaseRenewal")]
    [InlineData("Auth:Algorithms:0")]
    [InlineData("Storage:DataDirectory")]
    public void What_is_read_is_known(string setting) => Assert.Empty(Unknown(setting));

    /// <summary>An environment has many names, and hosts have sections of their own.</summary>
    [Theory]
    [InlineData("PATH")]
    [InlineData("SESSIONS_PORT")]
    [InlineData("Session")]
    [InlineData("urls")]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Kestrel:Limits:MaxConcurrentConnections")]
    [InlineData("ConnectionStrings:Default")]
    public void What_belongs_to_others_is_left_alone(string setting) => Assert.Empty(Unknown(setting));

    [Fact]
    public void Every_one_is_told()
    {
        var unknown = Unknown("Auth:Clock", "Sessions:PresenceTimeout", "Sessions:PresenceTimeOuts", "Sessions:Detached");
        Assert.Equal(
            ["Auth:Clock", "Sessions:Detached", "Sessions:PresenceTimeOuts"], unknown.Select(setting => setting.Name));
    }

    private static IReadOnlyList<UnknownSetting> Unknown(params string[] settings) =>
        Owned.FindUnknown(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting, (string?)"1"))).Build());
}
