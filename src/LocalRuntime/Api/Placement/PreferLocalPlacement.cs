namespace Orleans.Runtime;

/// <summary>The caller's silo when it is alive, else any.</summary>
public sealed class PreferLocalPlacement : PlacementStrategy;
