using Orleans.Placement;

namespace ImOrleans.Conformance.Tests;

[RandomPlacement]
public sealed class PlacedStateGrain(
    ILocalSiloDetails silo,
    [PersistentState("note")] IPersistentState<NoteState> note)
    : Grain, IPlacedStateGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task<string> Read() => Task.FromResult(note.State.Text);

    public Task Write(string text)
    {
        note.State.Text = text;
        return note.WriteStateAsync();
    }
}
