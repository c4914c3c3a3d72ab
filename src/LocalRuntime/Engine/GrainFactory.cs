using System.Globalization;
using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>The grain factory of one silo.</summary>
internal sealed class GrainFactory(LocalSilo silo) : IClusterClient
{
    public IServiceProvider ServiceProvider => silo.Services;

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey =>
        Get<TGrainInterface>(KeyOf(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        Get<TGrainInterface>(KeyOf(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey =>
        Get<TGrainInterface>(primaryKey, grainClassNamePrefix);

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) =>
        Get(grainInterfaceType, KeyOf(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) =>
        Get(grainInterfaceType, KeyOf(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) =>
        Get(grainInterfaceType, grainPrimaryKey);

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable =>
        (TGrainInterface)(object)ProxyFactory<TGrainInterface>.Type.Create(silo, grainId, null);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (RuntimeContext.Current is not null)
        {
            throw new InvalidOperationException("Cannot create a local object reference from a grain.");
        }

        if (obj is not TGrainObserverInterface)
        {
            throw new ArgumentException(
                $"The provided object must implement '{typeof(TGrainObserverInterface).FullName}'.", nameof(obj));
        }

        if (obj is GrainReference)
        {
            throw new ArgumentException("Argument obj is already a grain reference.", nameof(obj));
        }

        var observer = silo.Observers.Add(obj);
        return (TGrainObserverInterface)(object)
            ProxyFactory<TGrainObserverInterface>.Type.Create(silo, observer.Id, observer);
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (obj is not GrainReference { Observer: not null } reference)
        {
            throw new ArgumentException("Argument obj is not a reference to an observer.", nameof(obj));
        }

        if (!silo.Observers.TryRemove(reference.GrainId))
        {
            throw new ArgumentException("Reference is not associated with an object of this host.", nameof(obj));
        }
    }

    /// <summary>A reference of an interface to a grain that is known already.</summary>
    public object Create(Type interfaceType, GrainId id) => ProxyFactory.Of(interfaceType).Create(silo, id, null);

    private static string KeyOf(Guid key) => key.ToString("N");

    private static string KeyOf(long key) => key.ToString("X", CultureInfo.InvariantCulture);

    private TGrainInterface Get<TGrainInterface>(string key, string? prefix)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        var type = silo.Cluster.Grains.Resolve(typeof(TGrainInterface), prefix).GrainType;
        var id = new GrainId(type, IdSpan.Create(key));
        return (TGrainInterface)(object)ProxyFactory<TGrainInterface>.Type.Create(silo, id, null);
    }

    private IGrain Get(Type interfaceType, string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        var type = silo.Cluster.Grains.Resolve(interfaceType, null).GrainType;
        return (IGrain)Create(interfaceType, new GrainId(type, IdSpan.Create(key)));
    }
}
