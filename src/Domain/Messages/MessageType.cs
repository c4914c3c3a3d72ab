namespace ImOrleans.Domain.Messages;

/// <summary>What the bytes of a payload are. The numbers are those of row R15.</summary>
public enum MessageType : byte
{
    Binary = 0,
    String = 1,
}
