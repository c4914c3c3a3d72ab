using System.ComponentModel.DataAnnotations;
using ImOrleans.Gateway.Protocols.ImJson;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

public sealed class ImOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(Failures(new()));

    [Fact]
    public void Each_setting_has_its_range()
    {
        Assert.Single(Failures(new() { ConnectionsMax = 0 }));
        Assert.Single(Failures(new() { IdleMax = TimeSpan.FromMilliseconds(999) }));
        Assert.Single(Failures(new() { IdleMax = TimeSpan.FromHours(2) }));
        Assert.Empty(Failures(new() { ConnectionsMax = 1_000_000, IdleMax = TimeSpan.FromHours(1) }));
    }

    [Fact]
    public void The_sender_must_be_a_user_and_the_list_of_apps_is_bounded()
    {
        Assert.Contains("Im:SystemUser", Assert.Single(Failures(new() { SystemUser = "a/b" })).ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(Failures(new() { AppIds = new uint[ImOptions.AppIdsMax] }));
        Assert.Single(Failures(new() { AppIds = new uint[ImOptions.AppIdsMax + 1] }));
    }

    private static List<ValidationResult> Failures(ImOptions options)
    {
        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(options, new(options), failures, validateAllProperties: true);
        return failures;
    }
}
