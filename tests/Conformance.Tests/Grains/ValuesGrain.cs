using System.Collections.Immutable;
using ImOrleans.Domain.Messages;
using Orleans.Placement;

namespace ImOrleans.Conformance.Tests;

[RandomPlacement]
public sealed class ValuesGrain(ILocalSiloDetails silo) : Grain, IValuesGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task<string> Describe(object value) => Task.FromResult(Copies.Print(value));

    public Task<object> Return(object value) => Task.FromResult(value);

    public Task<ReadOnlyMemory<byte>> Bytes(ReadOnlyMemory<byte> value) => Task.FromResult(value);

    public Task<ImmutableArray<string>> Texts(ImmutableArray<string> value) => Task.FromResult(value);

    public Task<(MessagePriority?, MessagePriority?)> Nullables(MessagePriority? some, MessagePriority? none) =>
        Task.FromResult((some, none));

    public Task<string?> Text(string? value) => Task.FromResult(value);

    public Task<string> CallOther(IEchoGrain other, string text) => other.Echo(text);

    public Task<IValuesGrain> Self() => Task.FromResult(this.AsReference<IValuesGrain>());

    public Task<IValuesGrain> SelfById() => Task.FromResult(GrainFactory.GetGrain<IValuesGrain>(this.GetGrainId()));
}
