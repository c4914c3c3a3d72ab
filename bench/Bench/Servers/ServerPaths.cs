namespace ImOrleans.Bench.Servers;

/// <summary>Where the programs that are measured were built to: beside this one, in the same configuration.</summary>
/// <param name="Silo">The server on the Local runtime.</param>
/// <param name="PlainHub">A hub on SignalR alone.</param>
/// <param name="ClusterSilo">The server on Orleans; null where that was not built.</param>
internal sealed record ServerPaths(string Silo, string PlainHub, string? ClusterSilo)
{
    /// <summary>Those that belong to this program.</summary>
    /// <exception cref="FileNotFoundException">One of them was not built.</exception>
    public static ServerPaths Find()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var bin = own.Parent!.Parent!.FullName;
        var cluster = Path.Combine(bin, "..", "..", "Orleans", "bin", "Silo", own.Name, "ImOrleans.Silo.dll");
        return new(Of("Silo"), Of("PlainHub"), File.Exists(cluster) ? Path.GetFullPath(cluster) : null);

        string Of(string project)
        {
            var dll = Path.Combine(bin, project, own.Name, $"ImOrleans.{project}.dll");
            return File.Exists(dll) ? dll : throw new FileNotFoundException($"{dll} is missing: use bench/run.sh.");
        }
    }
}
