namespace ImOrleans.Gateway.Sessions;

/// <summary>What a session is told of a push.</summary>
internal enum PushVerdictKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>That there is something to pull.</summary>
    Notice,

    /// <summary>All its messages.</summary>
    Whole,

    /// <summary>Some of its messages.</summary>
    Part,
}
