using System.Collections.Concurrent;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>The proxy class of each interface, generated at first use.</summary>
internal static class ProxyFactory
{
    private static readonly ConcurrentDictionary<Type, Lazy<ProxyType>> Types = new();

    /// <summary>For a reference of no particular interface.</summary>
    public static ProxyType Untyped { get; } = new(
        typeof(IAddressable),
        static (silo, proxy, id, observer) => new GrainReference(silo, proxy, id, observer));

    public static ProxyType Of(Type interfaceType) =>
        Types.GetOrAdd(interfaceType, static type => new Lazy<ProxyType>(() => ProxyEmitter.Emit(type))).Value;
}
