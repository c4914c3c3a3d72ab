namespace ImOrleans.Gateway.SharedData;

/// <summary>Who may write metadata.</summary>
public sealed class MetadataOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Metadata";

    /// <summary>Whether the metadata of a user can be written by that user only.</summary>
    /// <remarks><b>Default:</b> false, as clients of RTM2 know it: anybody may (feature row R42).</remarks>
    public bool UserOwnerOnly { get; set; }
}
