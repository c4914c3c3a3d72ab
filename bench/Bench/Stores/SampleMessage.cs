namespace ImOrleans.Bench.Stores;

/// <summary>What the messages of the stores' scenarios hold.</summary>
internal static class SampleMessage
{
    /// <summary>About when they are sent.</summary>
    public const long Time = 1_700_000_000_000;

    /// <summary>A name of a message.</summary>
    public const string UId = "1301-NBJQ-MK31-3417";

    /// <summary>What kind of message it is.</summary>
    public static byte[] ObjectName { get; } = [.. "RC:TxtMsg"u8];

    /// <summary>What it says.</summary>
    public static byte[] Content { get; } = new byte[128];
}
