namespace ImOrleans.Domain.Messages;

/// <summary>How urgent the publisher of a channel message takes it to be. The numbers are those of row C6.</summary>
public enum MessageLevel : byte
{
    /// <summary>May be put together with others before it goes to a client (row C8).</summary>
    Normal = 0,

    /// <summary>Goes at once, and is dropped later than others when a receiver is slow.</summary>
    Important = 1,
}
