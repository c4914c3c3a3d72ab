using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.GoWire;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Tests.Protocols.GoWire;

/// <summary>The bodies of frames, in hexadecimal, made by hand from the field numbers.</summary>
public sealed class GoPresenceEncoderTests
{
    [Theory]
    [InlineData(PresenceChangeKind.Joined, "0a01631002 1803 2201 61")]
    [InlineData(PresenceChangeKind.Left, "0a01631002 1804 2201 61")]
    [InlineData(PresenceChangeKind.TimedOut, "0a01631002 1805 2201 61")]
    public void Who_comes_and_goes(PresenceChangeKind kind, string body) =>
        AssertBody(body, new PresenceChanged(1, kind, new("a"), new([], [])));

    [Fact]
    public void A_changed_state_with_an_empty_value_for_what_is_gone() => AssertBody(
        "0a01631002 1806 2201 61 2a06 0a016b 120176 2a05 0a0167 1200",
        new PresenceChanged(1, PresenceChangeKind.StateChanged, new("a"), new([new("k", "v")], ["g"])));

    [Fact]
    public void A_snapshot_has_all_users_with_their_states() => AssertBody(
        "0a01631002 1801 4a0b 0a0161 1206 0a016b 120176 4a03 0a0162",
        new PresenceSnapshot(1, new([new(new("a"), [new("k", "v")]), new(new("b"), [])], 2, false)));

    [Fact]
    public void An_interval_has_three_lists_and_states() => AssertBody(
        "0a01631002 1802 320161 3a0162 420163 4a0b 0a0161 1206 0a016b 120176",
        new PresenceInterval(1, [new("a")], [new("b")], [new("c")], [new(new("a"), new([new("k", "v")], []))], 3, 0));

    private static void AssertBody(string expected, DeliveryItem item)
    {
        var told = PresenceEvent.Of(ChannelType.Stream, new("c"), item)!;
        var frames = GoEventEncoder.Encode(told).Frames;
        Assert.EndsWith(
            expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(frames.Span), StringComparison.Ordinal);
    }
}
