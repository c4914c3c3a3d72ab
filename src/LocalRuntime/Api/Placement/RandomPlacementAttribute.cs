using Orleans.Runtime;

namespace Orleans.Placement;

/// <summary>New activations go to any silo that is alive; this is also the default of the Local runtime.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class RandomPlacementAttribute() : PlacementAttribute(new RandomPlacement());
