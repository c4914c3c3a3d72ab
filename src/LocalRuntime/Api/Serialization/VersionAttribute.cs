namespace Orleans.CodeGeneration;

/// <summary>
/// The version of a grain interface. The Local runtime has one version of everything and does not read it.
/// </summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class VersionAttribute(ushort version) : Attribute
{
    public ushort Version { get; } = version;
}
