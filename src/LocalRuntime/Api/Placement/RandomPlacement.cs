namespace Orleans.Runtime;

/// <summary>Any silo that is alive.</summary>
public sealed class RandomPlacement : PlacementStrategy;
