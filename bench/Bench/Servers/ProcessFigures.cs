using System.Globalization;

namespace ImOrleans.Bench.Servers;

/// <summary>What the kernel accounts to a process.</summary>
internal static class ProcessFigures
{
    // The unit of /proc is fixed at 100 a second on all of Linux's common platforms.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>User and system time, in steps of 10 ms.</summary>
    public static TimeSpan CpuTimeOf(int processId)
    {
        var fields = StatOf(processId.ToString(CultureInfo.InvariantCulture));
        return Tick * (Number(fields[11]) + Number(fields[12]));
    }

    /// <summary>User and system time of a process and of its children, those that have ended too.</summary>
    public static TimeSpan CpuTimeOfTree(int processId)
    {
        var fields = StatOf(processId.ToString(CultureInfo.InvariantCulture));
        var time = Tick * (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]));
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var other))
                time += CpuTimeOfChild(other, processId);
        return time;
    }

    /// <summary>User and system time of this process and of its children that have ended.</summary>
    public static TimeSpan OwnCpuTimeWithEnded()
    {
        var fields = StatOf("self");
        return Tick * (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]));
    }

    /// <summary>Memory that is resident.</summary>
    public static long ResidentBytesOf(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    /// <summary>The time that all processors together have spent on anything.</summary>
    public static TimeSpan MachineCpuTime()
    {
        // cpu user nice system idle iowait irq softirq steal
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] busy = [1, 2, 3, 6, 7, 8];
        return Tick * busy.Sum(field => Number(fields[field]));
    }

    private static TimeSpan CpuTimeOfChild(int processId, int parent)
    {
        try
        {
            var fields = StatOf(processId.ToString(CultureInfo.InvariantCulture));
            return Number(fields[1]) == parent ? Tick * (Number(fields[11]) + Number(fields[12])) : TimeSpan.Zero;
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return TimeSpan.Zero;
        }
    }

    /// <summary>The fields behind the name, which may itself hold anything.</summary>
    private static string[] StatOf(string process)
    {
        var line = File.ReadAllText($"/proc/{process}/stat");
        return line[(line.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
