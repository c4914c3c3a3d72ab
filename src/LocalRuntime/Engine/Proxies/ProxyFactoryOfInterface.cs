namespace ImOrleans.LocalRuntime;

/// <summary>The proxy class of one interface, found without a look-up.</summary>
internal static class ProxyFactory<TInterface>
{
    public static ProxyType Type { get; } = ProxyFactory.Of(typeof(TInterface));
}
