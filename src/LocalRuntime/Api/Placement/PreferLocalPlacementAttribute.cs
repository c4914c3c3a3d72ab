using Orleans.Runtime;

namespace Orleans.Placement;

/// <summary>New activations go to the caller's silo.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class PreferLocalPlacementAttribute() : PlacementAttribute(new PreferLocalPlacement());
