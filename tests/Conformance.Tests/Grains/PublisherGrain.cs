using Orleans.Placement;

namespace ImOrleans.Conformance.Tests;

[RandomPlacement]
public sealed class PublisherGrain(ILocalSiloDetails silo) : Grain, IPublisherGrain
{
    private IListener? _listener;

    public Task Subscribe(IListener listener)
    {
        _listener = listener;
        return Task.CompletedTask;
    }

    public Task<int> Ask(int number) => _listener!.Ask(number);

    public Task<int> AskShortly(int number) => _listener!.AskShortly(number);

    public Task Introduce(IPublisherGrain other) => other.Subscribe(_listener!);

    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

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
