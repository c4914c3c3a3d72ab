using System.Diagnostics.CodeAnalysis;
using Orleans.Storage;

namespace Orleans.Configuration;

/// <summary>How the storage in memory keeps states.</summary>
public class MemoryGrainStorageOptions : IStorageProviderSerializerOptions
{
    /// <summary>Default: the registered <see cref="IGrainStorageSerializer"/>, else plain JSON.</summary>
    [AllowNull]
    public IGrainStorageSerializer GrainStorageSerializer { get; set; }
}
