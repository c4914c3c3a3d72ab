namespace ImOrleans.Silo;

/// <summary>Where the server keeps what it owns.</summary>
public sealed class DataDirectory
{
    /// <summary>The setting: an absolute path, or one relative to the content root.</summary>
    /// <remarks>
    /// <b>Default:</b> <c>data</c>. The content root is the working directory, and the project's folder with
    /// <c>dotnet run</c>.
    /// </remarks>
    public const string Setting = "Storage:DataDirectory";

    /// <summary>Takes the directory from the settings, and makes it when it is not there.</summary>
    public DataDirectory(IConfiguration configuration, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(environment);
        var setting = configuration[Setting];
        Path = System.IO.Path.GetFullPath(
            string.IsNullOrWhiteSpace(setting) ? "data" : setting, environment.ContentRootPath);
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{Setting} '{Path}' cannot be made or used.", failure);
        }
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }
}
