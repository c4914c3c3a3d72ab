namespace Orleans.Runtime;

/// <summary>The stages of an activation's lifecycle.</summary>
public static class GrainLifecycleStage
{
    public const int First = int.MinValue;

    /// <summary>Persistent state has been read when this stage is over.</summary>
    public const int SetupState = 1_000;

    public const int Activate = 2_000;

    public const int Last = int.MaxValue;
}
