using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

internal sealed partial class Activation
{
    public GrainReference GrainReference =>
        Details.Reference ??= new GrainReference(Silo, ProxyFactory.Untyped, _id, null);

    public ActivationId ActivationId
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Details.Number);
            BinaryPrimitives.WriteInt32BigEndian(bytes, Silo.SiloAddress.Generation);
            return new ActivationId(new Guid(bytes, bigEndian: true));
        }
    }

    public GrainAddress Address => new()
    {
        GrainId = _id,
        ActivationId = ActivationId,
        SiloAddress = Silo.SiloAddress,
    };

    public IServiceProvider ActivationServices
    {
        get
        {
            var details = Details;
            lock (this)
            {
                return (details.Scope ??= Silo.Services.CreateScope()).ServiceProvider;
            }
        }
    }

    /// <summary>Where the constructor's services come from: the silo, unless one of them needs a scope.</summary>
    public IServiceProvider InjectedServices => _kind.NeedsScope ? ActivationServices : Silo.Services;

    public IGrainLifecycle ObservableLifecycle => Details.Lifecycle ??= new GrainLifecycle();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    /// <summary>Keeps the activation from idle collection for a while; zero or less takes that back.</summary>
    public void DelayDeactivation(TimeSpan time)
    {
        var details = Details;
        var now = Silo.Cluster.Time.GetUtcNow();
        var forever = time == Timeout.InfiniteTimeSpan || time >= DateTimeOffset.MaxValue - now;
        var until = forever ? long.MaxValue : time <= TimeSpan.Zero ? 0 : (now + time).UtcTicks;
        lock (this)
        {
            details.KeepUntil = until;
        }
    }

    /// <summary>Remembers a timer, to stop it with the activation. False when the activation is ending.</summary>
    public bool TryAddTimer(GrainTimer timer)
    {
        var details = Details;
        lock (this)
        {
            if (_state == ActivationState.Invalid || _killed)
            {
                return false;
            }

            (details.Timers ??= []).Add(timer);
            return true;
        }
    }

    public void RemoveTimer(GrainTimer timer)
    {
        lock (this)
        {
            _details?.Timers?.Remove(timer);
        }
    }
}
