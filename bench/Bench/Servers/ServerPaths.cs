namespace ImOrleans.Bench.Servers;

/// <summary>Where the programs that are measured were built to: beside this one, in the same configuration.</summary>
/// <param name="Silo">The server on the Local runtime.</param>
/// <param name="PlainHub">A hub on SignalR alone.</param>
internal sealed record ServerPaths(string Silo, string PlainHub)
{
    /// <summary>Those that belong to this program.</summary>
    /// <exception cref="FileNotFoundException">One of them was not built.</exception>
    public static ServerPaths Find()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var bin = own.Parent!.Parent!.FullName;
        return new(Of("Silo"), Of("PlainHub"));

        string Of(string project)
        {
            var dll = Path.Combine(bin, project, own.Name, $"ImOrleans.{project}.dll");
            return File.Exists(dll) ? dll : throw new FileNotFoundException($"{dll} is missing: use bench/run.sh.");
        }
    }
}
