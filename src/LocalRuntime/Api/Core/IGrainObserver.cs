using Orleans.Runtime;

namespace Orleans;

/// <summary>The root of interfaces that host code implements to be called by grains.</summary>
public interface IGrainObserver : IAddressable;
