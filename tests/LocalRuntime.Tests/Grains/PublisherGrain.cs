namespace ImOrleans.LocalRuntime.Tests;

internal sealed class PublisherGrain : Grain, IPublisherGrain
{
    private IListener? _listener;

    public Task Subscribe(IListener listener)
    {
        _listener = listener;
        return Task.CompletedTask;
    }

    public Task<int> Ask(int number) => _listener!.Ask(number);

    public Task AskMany(int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(number => _listener!.Note(number)));

    public async Task Tell(string text)
    {
        _listener!.Tell(text);
        await _listener.TellOneWay(text);
    }

    public Task MakeObserver()
    {
        GrainFactory.CreateObjectReference<IListener>(new Listener());
        return Task.CompletedTask;
    }
}
