using System.Collections.Immutable;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Conformance.Tests;

/// <summary>Takes and returns values of all kinds that contracts are made of.</summary>
[Orleans.CodeGeneration.Version(1)]
public interface IValuesGrain : IPlacedGrain
{
    /// <summary>What the grain sees, printed there.</summary>
    Task<string> Describe(object value);

    Task<object> Return(object value);

    Task<ReadOnlyMemory<byte>> Bytes(ReadOnlyMemory<byte> value);

    Task<ImmutableArray<string>> Texts(ImmutableArray<string> value);

    Task<(MessagePriority?, MessagePriority?)> Nullables(MessagePriority? some, MessagePriority? none);

    Task<string?> Text(string? value);

    /// <summary>Calls the grain that the reference leads to.</summary>
    Task<string> CallOther(IEchoGrain other, string text);

    /// <summary>A reference to itself.</summary>
    Task<IValuesGrain> Self();

    /// <summary>A reference to itself, by its id.</summary>
    Task<IValuesGrain> SelfById();
}
