using ImOrleans.Grains.MessageChannels;

namespace ImOrleans.Grains.Tests.MessageChannels;

public sealed class OverSessionsTests
{
    [Fact]
    public void The_last_ones_are_remembered()
    {
        var over = new OverSessions(max: 2);
        over.Add(Session(1));
        over.Add(Session(2));
        over.Add(Session(1));
        Assert.True(over.Contains(Session(1)));
        over.Add(Session(3));
        Assert.Equal([false, true, true], new[] { 1, 2, 3 }.Select(number => over.Contains(Session(number))));
    }

    private static SessionId Session(long number) => new(new("g"), number);
}
