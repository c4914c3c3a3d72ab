using Orleans.Placement;

namespace ImOrleans.Conformance.Tests;

[RandomPlacement]
public sealed class EchoGrain(ILocalSiloDetails silo) : Grain, IEchoGrain
{
    private static int _activations;
    private int _number;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _number = Interlocked.Increment(ref _activations);
        return Task.CompletedTask;
    }

    public Task<string> Echo(string text) => Task.FromResult(text);

    public Task<int> Sum(int left, long right, byte third) => Task.FromResult(left + (int)right + third);

    public Task Nothing() => Task.CompletedTask;

    public ValueTask<Guid> ValueEcho(Guid value) => new(value);

    public async ValueTask ValueNothing() => await Task.Yield();

    public Task<string> Throw(string message) => throw new InvalidOperationException(message);

    public async Task<string> ThrowLater(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task<int> ActivationNumber() => Task.FromResult(_number);
}
