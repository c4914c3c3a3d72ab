namespace ImOrleans.Domain.Messages;

/// <summary>What a publisher asks of a topic's order (row R26).</summary>
public enum TopicQos : byte
{
    /// <summary>No promise asked for. Messages that arrive do so in order all the same.</summary>
    Unordered = 0,

    /// <summary>Messages of one publisher arrive in the order in which they were accepted.</summary>
    Ordered = 1,
}
