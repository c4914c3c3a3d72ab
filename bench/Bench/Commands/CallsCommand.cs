using System.Globalization;
using ImOrleans.Bench.Calls;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Commands;

/// <summary>Measures the Local runtime in this process; started by a run, which reads the lines it prints.</summary>
internal static class CallsCommand
{
    /// <summary>Measures, and prints the results.</summary>
    public static async Task<int> RunAsync(string rounds, string seconds, string grains)
    {
        var culture = CultureInfo.InvariantCulture;
        var bench = new CallBench(
            int.Parse(rounds, culture), TimeSpan.FromSeconds(double.Parse(seconds, culture)), int.Parse(grains, culture));
        Console.WriteLine(ResultFile.Print(await bench.RunAsync()));
        return 0;
    }
}
