using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// A state of a grain. Its operations run one after the other, each in a later step than the one that asked;
/// writes that ask while one waits share it, and store what the state is when it starts.
/// </summary>
internal sealed class PersistentState<T>(Activation activation, string name, IGrainStorage storage)
    : IPersistentState<T>, ILifecycleObserver
{
    private readonly GrainState<T> _state = new(StateFactory.Create<T>());
    private StorageOperation? _last;
    private bool _loaded;

    private enum Kind
    {
        Read,
        Write,
        Clear,
    }

    public string? Etag => _state.ETag;

    public bool RecordExists =>
        _loaded ? _state.RecordExists : throw new InvalidOperationException("State has not yet been loaded");

    public T State
    {
        get => _state.State!;
        set
        {
            CheckTurn();
            _state.State = value;
        }
    }

    public Task ReadStateAsync() => Run(Kind.Read);

    public Task WriteStateAsync() => Run(Kind.Write);

    public Task ClearStateAsync() => Run(Kind.Clear);

    public Task OnStart(CancellationToken cancellationToken = default) => ReadStateAsync();

    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    private Task Run(Kind kind)
    {
        CheckTurn();
        if (_last is { Started: false } waiting && waiting.Kind == kind && kind != Kind.Read)
        {
            return waiting.Completion;
        }

        var operation = new StorageOperation(kind);
        operation.Completion = RunAfter(_last, operation);
        _last = operation;
        return operation.Completion;
    }

    private async Task RunAfter(StorageOperation? before, StorageOperation operation)
    {
        await Task.CompletedTask.ConfigureAwait(
            ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (before is not null)
        {
            await before.Completion.ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        operation.Started = true;
        try
        {
            await (operation.Kind switch
            {
                Kind.Read => storage.ReadStateAsync(name, activation.GrainId, _state),
                Kind.Write => storage.WriteStateAsync(name, activation.GrainId, _state),
                _ => storage.ClearStateAsync(name, activation.GrainId, _state),
            });
            _loaded = true;
        }
        catch (Exception exception) when (exception is not OrleansException)
        {
            throw new OrleansException(
                $"Error from storage {storage.GetType().Name}.{name} during {operation.Kind} for {activation.GrainId}:"
                + $" {exception.Message}",
                exception);
        }
        finally
        {
            if (_last == operation)
            {
                _last = null;
            }
        }
    }

    private void CheckTurn()
    {
        if (RuntimeContext.Current != activation)
        {
            throw new InvalidOperationException("State may be used only in a turn of its own grain.");
        }
    }

    private sealed class StorageOperation(Kind kind)
    {
        public Kind Kind => kind;

        public bool Started { get; set; }

        public Task Completion { get; set; } = Task.CompletedTask;
    }
}
