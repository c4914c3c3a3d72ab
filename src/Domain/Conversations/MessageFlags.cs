namespace ImOrleans.Domain.Conversations;

/// <summary>What is true of a message besides its content.</summary>
[Flags]
public enum MessageFlags : byte
{
    /// <summary>Nothing of the below.</summary>
    None = 0,

    /// <summary>Its receivers' unread count rises by it.</summary>
    Counted = 1,

    /// <summary>Only those whom it names get it; it is no part of the others' history.</summary>
    Directed = 2,

    /// <summary>It is not quite what its sender wrote: words that are not allowed were masked.</summary>
    Masked = 4,
}
