using Orleans.Concurrency;

namespace ImOrleans.Conformance.Tests;

public sealed class OrderGrain : Grain, IOrderGrain
{
    private readonly List<string> _notes = [];

    public Task Plain(string name) => NoteAsync(name);

    public Task Always(string name) => NoteAsync(name);

    public Task Read(string name) => NoteAsync(name);

    public Task CallSelf() => this.AsReference<IOrderGrain>().Plain("self");

    public Task<string[]> Notes() => Task.FromResult(_notes.ToArray());

    private async Task NoteAsync(string name)
    {
        _notes.Add("+" + name);
        await Gates.Get($"{this.GetPrimaryKeyString()}/{name}").Pass();
        _notes.Add("-" + name);
    }
}

[Reentrant]
public sealed class ReentrantOrderGrain : Grain, IReentrantOrderGrain
{
    private readonly List<string> _notes = [];

    public async Task Plain(string name)
    {
        _notes.Add("+" + name);
        await Gates.Get($"{this.GetPrimaryKeyString()}/{name}").Pass();
        _notes.Add("-" + name);
    }

    public Task<string[]> Notes() => Task.FromResult(_notes.ToArray());
}
