namespace ImOrleans.Client;

/// <summary>Which of the two channels of a name is meant: they have nothing in common but the name.</summary>
public enum ChannelType
{
    /// <summary>The stream channel.</summary>
    Stream,

    /// <summary>The message channel.</summary>
    Message,
}
