using ImOrleans.Bench.Reports;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Commands;

/// <summary>Writes the page from results that were kept.</summary>
internal static class ReportCommand
{
    /// <summary>Reads and writes.</summary>
    public static int Run(string resultsPath, string pagePath)
    {
        PerformancePage.Write(pagePath, ResultFile.Read(resultsPath));
        return 0;
    }
}
