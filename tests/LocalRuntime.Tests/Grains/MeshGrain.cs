namespace ImOrleans.LocalRuntime.Tests;

internal sealed class MeshGrain(TimeProvider time) : Grain, IMeshGrain
{
    public async Task Run(int depth, IListener listener)
    {
        listener.Tell($"{this.GetPrimaryKeyString()} in");
        await Task.Yield();
        if (depth > 0)
        {
            var peers = Enumerable.Range(0, 3).Select(i =>
                GrainFactory.GetGrain<IMeshGrain>($"{this.GetPrimaryKeyString()}{i}"));
            await Task.WhenAll(peers.Select(peer => peer.Run(depth - 1, listener)));
            await GrainFactory.GetGrain<IMeshGrain>("notes").Note(this.GetPrimaryKeyString(), listener);
        }

        await Task.Delay(TimeSpan.FromSeconds(1), time);
        listener.Tell($"{this.GetPrimaryKeyString()} out");
    }

    public Task Note(string text, IListener listener)
    {
        listener.Tell($"note {text}");
        return Task.CompletedTask;
    }
}
