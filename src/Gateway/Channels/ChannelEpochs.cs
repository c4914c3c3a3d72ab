using System.Collections.Concurrent;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Channels;

/// <summary>The activations of the message channels that this gateway has had to do with.</summary>
/// <remarks>
/// A hint: who relies on one that is gone is told so, and asks. <b>Range:</b> so many channels; where there is no room for
/// one more, all are forgotten. Safe for several threads.
/// </remarks>
internal sealed class ChannelEpochs(int channelsMax = 16_384)
{
    private readonly ConcurrentDictionary<ChannelName, long> _epochs = new();

    public int Count => _epochs.Count;

    /// <summary>The activation of a channel; null when it is not known.</summary>
    public long? Of(ChannelName channel) => _epochs.TryGetValue(channel, out var epoch) ? epoch : null;

    /// <summary>A channel has named its activation.</summary>
    public void Note(ChannelName channel, long epoch)
    {
        if (_epochs.Count >= channelsMax && !_epochs.ContainsKey(channel))
            _epochs.Clear();
        _epochs[channel] = epoch;
    }

    /// <summary>An activation is not the channel's any more.</summary>
    public void Forget(ChannelName channel, long epoch) => _epochs.TryRemove(new(channel, epoch));
}
