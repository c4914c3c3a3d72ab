using System.Diagnostics;
using System.Globalization;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Scenarios;

/// <summary>The Local runtime alone, in a process of its own, so that its heap holds nothing else.</summary>
internal sealed class CallScenario : IScenario
{
    /// <inheritdoc />
    public string Title => "calls in the Local runtime";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["G7", "G8"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var options = context.Options;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments =
        [
            typeof(CallScenario).Assembly.Location, "calls",
            options.Rounds.ToString(CultureInfo.InvariantCulture),
            options.SectionSeconds.ToString(CultureInfo.InvariantCulture),
            options.Grains.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? ResultFile.Parse(output)
            : throw new InvalidOperationException($"The calls ended with {process.ExitCode}: {output}");
    }
}
