using Orleans.Runtime;

namespace Orleans.Placement;

/// <summary>New activations go to the silo that the hash of the grain's id points at.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class HashBasedPlacementAttribute() : PlacementAttribute(new HashBasedPlacement());
