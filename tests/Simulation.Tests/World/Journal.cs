using System.Globalization;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Simulation.Tests;

/// <summary>What happened, in order: as a number that tells runs apart, and as lines when they are wanted.</summary>
internal sealed class Journal(TimeProvider clock, bool keepsLines)
{
    private readonly List<string> _lines = [];
    private readonly List<string> _violations = [];

    /// <summary>The same for two runs in which the same happened.</summary>
    public ulong Hash { get; private set; } = Fnv1a.OffsetBasis;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>What should not have happened.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Adds a line for a reader, when lines are kept.</summary>
    public void Remark(FormattableString what)
    {
        if (keepsLines)
            _lines.Add(LineOf(what));
    }

    public void Note(FormattableString what)
    {
        var line = LineOf(what);
        Hash = Fnv1a.Add(Hash, line);
        if (keepsLines)
            _lines.Add(line);
    }

    private string LineOf(FormattableString what) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{clock.GetTimestamp() / (double)clock.TimestampFrequency,9:0.000}  ")
        + FormattableString.Invariant(what);

    public void Violate(FormattableString what)
    {
        Note($"VIOLATION: {FormattableString.Invariant(what)}");
        _violations.Add(FormattableString.Invariant(what));
    }
}
