using System.Diagnostics;
using System.Globalization;

namespace ImOrleans.Bench.Servers;

/// <summary>Servers that a run which was killed has left behind, known by a file of process ids.</summary>
internal static class Leftovers
{
    private static readonly Lock Gate = new();

    private static string ListFile { get; } = Path.Combine(AppContext.BaseDirectory, "servers.pids");

    /// <summary>Ends those that still run.</summary>
    public static void End()
    {
        foreach (var id in Read())
        {
            try
            {
                // The number may belong to another program by now.
                if (!File.ReadAllText($"/proc/{id}/cmdline").Contains("ImOrleans.", StringComparison.Ordinal))
                    continue;
                using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
                process.Kill();
            }
            catch (Exception failure) when (failure is IOException or ArgumentException or InvalidOperationException)
            {
                // It has ended.
            }
        }

        File.Delete(ListFile);
    }

    /// <summary>A server was started.</summary>
    public static void Remember(Process process) => Change(ids => ids.Append(IdOf(process)));

    /// <summary>A server has ended.</summary>
    public static void Forget(Process process) => Change(ids => ids.Where(id => id != IdOf(process)));

    private static void Change(Func<IEnumerable<string>, IEnumerable<string>> change)
    {
        lock (Gate)
            File.WriteAllLines(ListFile, [.. change(Read())]);
    }

    private static string[] Read() => File.Exists(ListFile) ? File.ReadAllLines(ListFile) : [];

    private static string IdOf(Process process) => process.Id.ToString(CultureInfo.InvariantCulture);
}
