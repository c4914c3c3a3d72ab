namespace ImOrleans.Bench.Results;

/// <summary>How long and how often is measured.</summary>
/// <param name="Form">full, quick or smoke.</param>
/// <param name="Rounds">How often each variant has its turn.</param>
/// <param name="WarmUps">How often each has it before, so that the compiler has done its work.</param>
/// <param name="SectionSeconds">How long a turn is.</param>
/// <param name="CrowdMax">No scenario has more connections to a server than this.</param>
/// <param name="Grains">Grains in the scenarios of the runtime alone.</param>
internal sealed record RunOptions(
    string Form, int Rounds, int WarmUps, double SectionSeconds, int CrowdMax, int Grains)
{
    /// <summary>What figures are published from.</summary>
    public static RunOptions Full { get; } = new("full", 7, 5, 2, 5000, 10_000);

    /// <summary>Some seconds a scenario, for a look.</summary>
    public static RunOptions Quick { get; } = new("quick", 2, 2, 0.5, 500, 10_000);

    /// <summary>Whether everything works at all; the figures mean nothing.</summary>
    public static RunOptions Smoke { get; } = new("smoke", 1, 1, 0.05, 12, 100);

    /// <summary>The form of a name.</summary>
    public static RunOptions? ByName(string form) =>
        new[] { Full, Quick, Smoke }.FirstOrDefault(options => options.Form == form);
}
