namespace ImOrleans.TestKit;

/// <summary>Long runs have a short form in every test run and a full form behind <c>./test.sh --full</c>.</summary>
public static class LongRun
{
    /// <summary>True when the full form was asked for.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("IMORLEANS_FULL_RUNS") == "1";

    /// <summary>How many rounds this run makes.</summary>
    public static int Rounds(int inShort, int inFull) => IsFull ? inFull : inShort;
}
