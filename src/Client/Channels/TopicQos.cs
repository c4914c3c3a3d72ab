namespace ImOrleans.Client;

/// <summary>Whether a publisher asks for order. The server keeps the order of one publisher either way.</summary>
public enum TopicQos
{
    /// <summary>Not asked for.</summary>
    Unordered,

    /// <summary>Asked for.</summary>
    Ordered,
}
