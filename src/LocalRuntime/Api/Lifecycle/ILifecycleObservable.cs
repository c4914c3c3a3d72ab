namespace Orleans;

/// <summary>A lifecycle: stages start in rising order and stop in falling order.</summary>
public interface ILifecycleObservable
{
    IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
}
