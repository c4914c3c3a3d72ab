using System.Diagnostics;
using System.Globalization;
using ImOrleans.Bench.Reports;
using ImOrleans.Bench.Results;
using ImOrleans.Bench.Scenarios;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Commands;

/// <summary>Measures everything, one scenario after the other.</summary>
internal static class RunCommand
{
    /// <summary>Descriptors that a run needs beside those of its connections.</summary>
    private const int SpareDescriptors = 500;

    /// <summary>Measures, prints each line as it comes, and writes what was asked for. 1 when a scenario failed.</summary>
    public static int Run(IReadOnlyList<string> commandLine)
    {
        var arguments = RunArguments.Parse(commandLine);
        CheckDescriptors(arguments.Options);
        Leftovers.End();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Leftovers.End();
        using var context = new BenchContext(ServerPaths.Find(), arguments.Options, Console.WriteLine);
        var started = DateTimeOffset.UtcNow;
        var clock = Stopwatch.StartNew();
        var (machineBefore, ownBefore) = (ProcessFigures.MachineCpuTime(), ProcessFigures.OwnCpuTimeWithEnded());
        List<Row> rows = [];
        List<string> failures = [];
        foreach (var scenario in ScenarioList.For(context))
            if (arguments.Only.Count == 0 || scenario.Ids.Intersect(arguments.Only).Any())
                Measure(scenario, context, clock, rows, failures);
        var own = ProcessFigures.OwnCpuTimeWithEnded() - ownBefore;
        var others = ProcessFigures.MachineCpuTime() - machineBefore - own;
        var result = new RunResult
        {
            Date = started,
            Machine = MachineFacts.Read(),
            Options = arguments.Options,
            Rows = rows,
            Failures = failures,
            Deliveries = context.Deliveries,
            OthersShare = Math.Max(0, others / (clock.Elapsed * Environment.ProcessorCount)),
        };
        if (arguments.ResultsPath is { } results)
            ResultFile.Write(results, result);
        if (arguments.PagePath is { } page)
            PerformancePage.Write(page, result);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Count} lines, {failures.Count} scenarios failed, {clock.Elapsed.TotalMinutes:0.0} min, "
            + $"{result.OthersShare:P0} of the machine used by others"));
        return failures.Count == 0 ? 0 : 1;
    }

    private static void Measure(
        IScenario scenario, BenchContext context, Stopwatch clock, List<Row> rows, List<string> failures)
    {
        context.Say($"[{clock.Elapsed:mm\\:ss}] {scenario.Title}");
        try
        {
            var measured = scenario.Run(context);
            rows.AddRange(measured);
            foreach (var row in measured)
                context.Say($"  => {RowText.Line(row)}");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            failures.Add($"{scenario.Title}: {failure.Message}");
            context.Say($"  FAILED: {failure}");
        }
    }

    private static void CheckDescriptors(RunOptions options)
    {
        // This process holds the connections to two servers.
        var needed = (2 * options.CrowdMax) + SpareDescriptors;
        var limits = File.ReadLines("/proc/self/limits")
            .First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = limits.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        if (soft != "unlimited" && int.Parse(soft, CultureInfo.InvariantCulture) < needed)
            throw new InvalidOperationException($"{needed} open files are needed, {soft} are allowed: raise ulimit -n.");
    }
}
