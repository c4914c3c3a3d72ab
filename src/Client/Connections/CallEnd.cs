namespace ImOrleans.Client.Connections;

/// <summary>How a call ended.</summary>
internal enum CallEnd
{
    /// <summary>The server answered, perhaps with a refusal.</summary>
    Answered,

    /// <summary>It was sent, and the connection ended before the answer.</summary>
    Lost,

    /// <summary>It never left.</summary>
    NotSent,
}
