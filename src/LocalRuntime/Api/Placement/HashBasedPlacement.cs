namespace Orleans.Runtime;

/// <summary>The silo that the hash of the grain's id points at among those alive.</summary>
public sealed class HashBasedPlacement : PlacementStrategy;
