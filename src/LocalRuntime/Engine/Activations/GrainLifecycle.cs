using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>The stages of one activation: started in rising order, stopped in falling order.</summary>
internal sealed class GrainLifecycle : IGrainLifecycle
{
    private readonly List<(int Stage, ILifecycleObserver Observer)> _observers = [];
    private int _started = int.MinValue;
    private bool _any;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        var entry = (stage, observer);
        _observers.Add(entry);
        return new Subscription(() => _observers.Remove(entry));
    }

    public async Task StartAsync(CancellationToken token)
    {
        foreach (var (stage, observer) in _observers.OrderBy(static entry => entry.Stage).ToArray())
        {
            _any = true;
            _started = stage;
            await observer.OnStart(token);
        }
    }

    /// <summary>Stops the stages that were started, and no others.</summary>
    public async Task StopAsync(CancellationToken token)
    {
        foreach (var (stage, observer) in _observers.OrderByDescending(static entry => entry.Stage).ToArray())
        {
            if (_any && stage <= _started)
            {
                await observer.OnStop(token);
            }
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
