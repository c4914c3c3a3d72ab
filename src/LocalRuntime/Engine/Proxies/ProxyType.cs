using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>The generated class for one interface, and how to make one of it.</summary>
internal sealed class ProxyType(
    Type interfaceType,
    Func<LocalSilo, ProxyType, GrainId, Observer?, GrainReference> create)
{
    /// <summary>The interface's alias, or its full name.</summary>
    public GrainInterfaceType InterfaceName { get; } = new(
        interfaceType.GetCustomAttribute<AliasAttribute>()?.Alias ?? interfaceType.FullName ?? interfaceType.Name);

    public GrainReference Create(LocalSilo silo, GrainId id, Observer? observer) => create(silo, this, id, observer);
}
