namespace ImOrleans.Client.Tests.Fakes;

/// <summary>Chance that always says the same.</summary>
internal sealed class FixedChance(double value) : Random
{
    public override double NextDouble() => value;
}
