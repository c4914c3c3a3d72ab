namespace Orleans.Runtime;

/// <summary>The lifecycle of one activation; it starts before <see cref="IGrainBase.OnActivateAsync"/>.</summary>
public interface IGrainLifecycle : ILifecycleObservable;
