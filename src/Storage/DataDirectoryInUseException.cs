namespace ImOrleans.Storage;

/// <summary>Another process works on this data folder.</summary>
public sealed class DataDirectoryInUseException : IOException
{
    public DataDirectoryInUseException(string directory, Exception innerException)
        : base(
            $"The data folder '{directory}' is in use by another process. Two nodes must not share one folder: stop"
            + " the other one, or give this one a folder of its own.",
            innerException) => Directory = directory;

    public string Directory { get; }
}
