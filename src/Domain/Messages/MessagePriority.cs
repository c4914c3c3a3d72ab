namespace ImOrleans.Domain.Messages;

/// <summary>Which messages go first when a receiver is slow (row R26): the highest numbers are dropped first.</summary>
public enum MessagePriority : byte
{
    Highest = 0,
    High = 1,
    Normal = 2,
    Low = 3,
}
