namespace ImOrleans.Domain.Messages;

/// <summary>The three kinds of channel that clients name.</summary>
public enum ChannelType : byte
{
    Message = 1,
    Stream = 2,
    User = 3,
}
