using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>
/// Knows when a cluster has come to rest: no request or answer between grains and gateways is on its way, and no
/// activation has a turn to run. A call that a test holds up at its callee counts as at rest.
/// </summary>
internal sealed class QuietWatch : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    /// <summary>A turn may end in another: so many in a row are waited for before a look at the calls again.</summary>
    private const int Rounds = 4;

    private const string Key = "quiet watch";

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<TaskScheduler, bool> _schedulers = new();

    // The calls that have begun and not ended; true while a request or an answer is on its way.
    private readonly Dictionary<long, bool> _calls = [];
    private long _last;
    private long _changes;
    private TaskCompletionSource? _arrived;

    /// <summary>Watches all calls of a silo; before all other filters.</summary>
    public void AddTo(IServiceCollection services) => services
        .AddSingleton<IIncomingGrainCallFilter>(this)
        .AddSingleton<IOutgoingGrainCallFilter>(this);

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (!IsOurs(context))
        {
            await context.Invoke();
            return;
        }

        var call = Interlocked.Increment(ref _last);
        RequestContext.Set(Key, call);
        Note(call, isUnderWay: true, isNew: true);
        try
        {
            await context.Invoke();
        }
        finally
        {
            Note(call, isUnderWay: null);
        }
    }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        _schedulers.TryAdd(TaskScheduler.Current, true);
        if (!IsOurs(context) || RequestContext.Get(Key) is not long call)
        {
            await context.Invoke();
            lock (_lock)
                _changes++;
            return;
        }

        Note(call, isUnderWay: false);
        try
        {
            await context.Invoke();
        }
        finally
        {
            Note(call, isUnderWay: true);
        }
    }

    /// <summary>What a lost silo had on its way will not arrive.</summary>
    public void ForgetLost()
    {
        lock (_lock)
        {
            _calls.Clear();
            Pulse();
        }
    }

    /// <summary>Ends when all is at rest.</summary>
    public async Task QuietAsync()
    {
        long before;
        do
        {
            await ArrivedAsync();
            lock (_lock)
                before = _changes;
            for (var round = 0; round < Rounds; round++)
                await Task.WhenAll(_schedulers.Keys.Select(static scheduler => Task.Factory.StartNew(
                    static () => { }, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler)));
        }
        while (HasMoved(before));
    }

    private static bool IsOurs(IGrainCallContext context) =>
        context.InterfaceMethod.DeclaringType!.Namespace!.StartsWith("ImOrleans.", StringComparison.Ordinal);

    private bool HasMoved(long before)
    {
        lock (_lock)
            return _changes != before || _calls.ContainsValue(true);
    }

    private Task ArrivedAsync()
    {
        lock (_lock)
        {
            if (!_calls.ContainsValue(true))
                return Task.CompletedTask;
            return (_arrived ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>A request or an answer left or arrived; null when the caller has its answer.</summary>
    private void Note(long call, bool? isUnderWay, bool isNew = false)
    {
        lock (_lock)
        {
            if (isUnderWay is null)
                _calls.Remove(call);
            else if (isNew || _calls.ContainsKey(call))
                _calls[call] = isUnderWay.Value;
            _changes++;
            Pulse();
        }
    }

    private void Pulse()
    {
        if (_calls.ContainsValue(true))
            return;
        _arrived?.TrySetResult();
        _arrived = null;
    }
}
