using ImOrleans.LocalRuntime;

namespace Orleans.Runtime;

/// <summary>A name for a grain or an observer, through which it is called. Equal when the identities are.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly ProxyType _proxy;

    // The silo; or the observer, which knows its silo.
    private readonly object _home;

    internal GrainReference(LocalSilo silo, ProxyType proxy, GrainId id, Observer? observer)
    {
        _proxy = proxy;
        _home = (object?)observer ?? silo;
        GrainId = id;
    }

    public GrainId GrainId { get; }

    public GrainInterfaceType InterfaceType => _proxy.InterfaceName;

    public virtual string InterfaceName => _proxy.InterfaceName.ToString();

    /// <summary>What the reference names when that is an observer, else null.</summary>
    internal Observer? Observer => _home as Observer;

    /// <summary>The silo that the reference was made on.</summary>
    internal LocalSilo Silo => _home as LocalSilo ?? Observer!.Silo;

    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public uint GetUniformHashCode() => GrainId.GetUniformHashCode();

    public sealed override string ToString() => $"GrainReference:{GrainId}:{InterfaceName}";

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1?.Equals(reference2) ?? reference2 is null;

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) =>
        !(reference1 == reference2);

    /// <summary>A reference of another interface to the same target.</summary>
    internal object As(Type interfaceType) => ProxyFactory.Of(interfaceType).Create(Silo, GrainId, Observer);

    /// <summary>
    /// Sends a call; generated proxies end here. The caller's own silo sends it, else the reference's.
    /// </summary>
    internal Task<T> Send<T>(TaskCall<T> call) => Prepare(call).Send(call);

    /// <summary>The same for a method that returns a value task with a result.</summary>
    internal ValueTask<T> SendValue<T>(ValueTaskCall<T> call) => Prepare(call).Send(call);

    /// <summary>The same for a method that returns a value task without a result.</summary>
    internal ValueTask SendVoid(ValueTaskCall<VoidResult> call) => Prepare(call).SendVoid(call);

    private LocalSilo Prepare(GrainCall call)
    {
        var source = ImOrleans.LocalRuntime.RuntimeContext.Current;
        call.Reference = this;
        call.Source = source;
        return source?.Silo ?? Silo;
    }
}
