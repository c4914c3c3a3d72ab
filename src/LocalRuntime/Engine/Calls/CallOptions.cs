namespace ImOrleans.LocalRuntime;

/// <summary>How a call is treated on its way.</summary>
[Flags]
internal enum CallOptions : byte
{
    None = 0,
    OneWay = 1,
    ReadOnly = 2,
    AlwaysInterleave = 4,

    /// <summary>Does not count as use of the activation: the tick of a timer.</summary>
    NoKeepAlive = 8,

    /// <summary>Belongs to one activation and is dropped with it: the tick of a timer.</summary>
    LocalOnly = 16,
}
