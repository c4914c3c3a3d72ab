using ImOrleans.Domain.Messages;

namespace ImOrleans.Simulation.Tests;

/// <summary>One message that a user published to a message channel, or tried to; with a key perhaps several times.</summary>
internal sealed class ChannelPublication(Visit by, string channel, int number, string? key, long begunAt)
{
    public Visit By { get; } = by;

    public string Channel { get; } = channel;

    public string? Key { get; } = key;

    /// <summary>The number of the first attempt; numbers rise in each channel of a visit as its user publishes.</summary>
    public int First { get; } = number;

    /// <summary>The number of the last attempt.</summary>
    public int Last { get; set; } = number;

    /// <summary>The moment at which the first call began.</summary>
    public long BegunAt { get; } = begunAt;

    public Publication.Outcome Answer { get; set; }

    /// <summary>Where it was taken: once, or with a key once in an epoch.</summary>
    public HashSet<MessagePosition> Places { get; } = [];

    public string Text => $"{By.Name}|{Channel}|{First}";
}
