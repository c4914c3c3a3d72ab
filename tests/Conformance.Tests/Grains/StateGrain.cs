namespace ImOrleans.Conformance.Tests;

public sealed class NoteState
{
    public string Text { get; set; } = "";
}

public sealed class StateGrain(
    [PersistentState("note")] IPersistentState<NoteState> note,
    [PersistentState("other", "second")] IPersistentState<NoteState> other)
    : Grain, IStateGrain
{
    public Task<string> Read() => Task.FromResult($"{note.State.Text}/{other.State.Text}");

    public Task Write(string text)
    {
        note.State.Text = text;
        return note.WriteStateAsync();
    }

    public Task WriteOther(string text)
    {
        other.State.Text = text;
        return other.WriteStateAsync();
    }

    public Task Clear() => note.ClearStateAsync();

    public Task Reload() => note.ReadStateAsync();

    public Task<bool> Exists() => Task.FromResult(note.RecordExists);

    public Task<string?> Etag() => Task.FromResult<string?>(note.Etag);

    public async Task WriteManyAtOnce(int count)
    {
        var writes = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            note.State.Text = $"{i}";
            writes.Add(note.WriteStateAsync());
        }

        await Task.WhenAll(writes);
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
