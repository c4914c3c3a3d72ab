namespace ImOrleans.Simulation.Tests;

/// <summary>One message that a user published, or tried to.</summary>
internal sealed class Publication(Visit by, string topic, int number, long begunAt)
{
    public enum Outcome
    {
        Open,
        Accepted,
        Refused,
        Unknown,
    }

    public Visit By { get; } = by;

    public string Topic { get; } = topic;

    /// <summary>Rises in each topic of a visit in the order in which its user published.</summary>
    public int Number { get; } = number;

    /// <summary>The moment at which the call began.</summary>
    public long BegunAt { get; } = begunAt;

    public Outcome Answer { get; set; }

    /// <summary>Who got it.</summary>
    public HashSet<Visit> Receivers { get; } = [];

    public string Text => $"{By.Name}|{Topic}|{Number}";
}
