using Orleans.Placement;

namespace ImOrleans.LocalRuntime.Tests;

[RandomPlacement]
public sealed class ShelfGrain(ILocalSiloDetails silo) : Grain, IShelfGrain
{
    private readonly List<string> _notes = [];
    private List<string> _books = [];

    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task Put(List<string> books)
    {
        _books = books;
        return Task.CompletedTask;
    }

    public Task<List<string>> Take() => Task.FromResult(_books);

    public Task<int> Count() => Task.FromResult(_books.Count);

    public Task<int> Note(string text)
    {
        _notes.Add(text);
        return Task.FromResult(_notes.Count);
    }

    public Task<string> Notes() => Task.FromResult(string.Join(',', _notes));

    public Task TellAlways(IListener listener, string text)
    {
        this.RegisterGrainTimer(
            () =>
            {
                listener.Tell(text);
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        return Task.CompletedTask;
    }
}
