using System.Runtime.InteropServices;

namespace ImOrleans.Bench.Results;

/// <summary>What a figure depends on beside the code.</summary>
internal sealed record MachineFacts(string Processor, int Processors, long MemoryMiB, string Kernel, string Runtime)
{
    /// <summary>Those of this machine.</summary>
    public static MachineFacts Read()
    {
        var model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return new(
            model?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024 / 1024,
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            RuntimeInformation.FrameworkDescription);
    }
}
