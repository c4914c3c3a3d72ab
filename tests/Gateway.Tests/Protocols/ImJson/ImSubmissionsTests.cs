using ImOrleans.Gateway.Protocols.ImJson;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

public sealed class ImSubmissionsTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void An_id_is_known_for_as_long_as_is_said()
    {
        var submissions = new ImSubmissions(10, TimeSpan.FromHours(12), _clock);
        Assert.True(submissions.TryBegin("a"));
        _clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromTicks(1));
        Assert.False(submissions.TryBegin("a"));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(submissions.TryBegin("a"));
    }

    [Fact]
    public void An_id_that_is_forgotten_is_new()
    {
        var submissions = new ImSubmissions(10, TimeSpan.FromHours(12), _clock);
        Assert.True(submissions.TryBegin("a"));
        submissions.Forget("a");
        submissions.Forget("never seen");
        Assert.True(submissions.TryBegin("a"));
    }

    [Fact]
    public void The_oldest_goes_for_one_too_many()
    {
        var submissions = new ImSubmissions(2, TimeSpan.FromHours(12), _clock);
        Assert.True(submissions.TryBegin("a"));
        Assert.True(submissions.TryBegin("b"));
        Assert.False(submissions.TryBegin("a"));
        Assert.True(submissions.TryBegin("c"));
        Assert.False(submissions.TryBegin("b"));
        Assert.True(submissions.TryBegin("a"));
    }
}
