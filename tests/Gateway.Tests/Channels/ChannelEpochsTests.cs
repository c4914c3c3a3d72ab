using ImOrleans.Gateway.Channels;

namespace ImOrleans.Gateway.Tests.Channels;

public sealed class ChannelEpochsTests
{
    private readonly ChannelEpochs _epochs = new(channelsMax: 2);

    [Fact]
    public void What_was_noted_last_is_known_until_it_is_forgotten()
    {
        Assert.Null(_epochs.Of(new("a")));
        _epochs.Note(new("a"), 1);
        _epochs.Note(new("a"), 2);
        _epochs.Forget(new("a"), 1);
        Assert.Equal(2, _epochs.Of(new("a")));
        _epochs.Forget(new("a"), 2);
        Assert.Null(_epochs.Of(new("a")));
    }

    [Fact]
    public void Where_there_is_no_room_all_are_forgotten()
    {
        _epochs.Note(new("a"), 1);
        _epochs.Note(new("b"), 1);
        _epochs.Note(new("b"), 2);
        Assert.Equal(2, _epochs.Count);
        _epochs.Note(new("c"), 1);
        Assert.Equal((null, null, 1L), (_epochs.Of(new("a")), _epochs.Of(new("b")), _epochs.Of(new("c"))));
        Assert.Equal(1, _epochs.Count);
    }
}
