using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.SharedData;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace ImOrleans.Simulation.Tests;

/// <summary>Bugs of metadata and locks to be found, planted as those of <see cref="Plants"/>.</summary>
internal static class KeeperPlants
{
    /// <summary>The store writes over whatever is there.</summary>
    public static void WritesAreNotCompared(ISiloBuilder silo) => ChangeStore(silo, async (store, name, id, state) =>
    {
        var stored = new GrainState<SharedDataState>();
        await store.ReadStateAsync(name, id, stored);
        state.ETag = stored.ETag;
        await store.WriteStateAsync(name, id, state);
    });

    /// <summary>A write that failed is taken for done.</summary>
    public static void FailuresAreForgotten(ISiloBuilder silo) => ChangeStore(silo, async (store, name, id, state) =>
    {
        try
        {
            await store.WriteStateAsync(name, id, state);
        }
        catch (IOException)
        {
            // Acknowledged all the same.
        }
    });

    /// <summary>The last token is not stored with the grant.</summary>
    public static void TokensAreForgotten(ISiloBuilder silo) => ChangeStore(silo, (store, name, id, state) =>
    {
        state.State = state.State! with { LastFencingToken = Math.Max(0, state.State.LastFencingToken - 1) };
        return store.WriteStateAsync(name, id, state);
    });

    /// <summary>Who is to wait for a lock is told that it has it.</summary>
    public static void WaitersAreOwners(ISiloBuilder silo) => silo.AddIncomingGrainCallFilter(async context =>
    {
        await context.Invoke();
        if (context.Grain is ISharedDataGrain && context.Result is Outcome<LockAnswer> { IsAccepted: true } answer
            && answer.Value.Ticket > 0)
            context.Result = (Outcome<LockAnswer>)(answer.Value with { Ticket = 0, FencingToken = answer.Value.Revision });
    });

    /// <summary>A write is not compared with the revision that it needs.</summary>
    public static void RevisionsAreNotCompared(ISiloBuilder silo) => Plants.Change<ChangeMetadataRequest>(
        silo, nameof(ISharedDataGrain.ChangeMetadataAsync), request => request with { MajorRevision = -1 });

    /// <summary>A guarded write is let in under whichever grant its user has.</summary>
    public static void GuardsForgetTheGrant(ISiloBuilder silo) => Plants.Change<ChangeMetadataRequest>(
        silo, nameof(ISharedDataGrain.ChangeMetadataAsync), request => request with { FencingToken = 0 });

    /// <summary>Who loses the connection is taken for one that left.</summary>
    public static void LossesAreOrderly(ISiloBuilder silo) => Plants.Change<LeaveSharedDataRequest>(
        silo, nameof(ISharedDataGrain.LeaveAsync), request => request with { IsOrderly = true });

    /// <summary>A gateway that states anew what it has says that its sessions know everything.</summary>
    public static void RegistrationsClaimToKnow(ISiloBuilder silo) => Plants.Change<SharedDataRegistration>(
        silo, nameof(ISharedDataGrain.RegisterAsync), registration => registration with { MetadataRevision = long.MaxValue });

    /// <summary>A change of metadata is told to nobody.</summary>
    public static void ChangesAreNotTold(ISiloBuilder silo) => Hide(silo, item => item is MetadataEvent);

    /// <summary>A removal of metadata is told to nobody.</summary>
    public static void RemovalsAreNotTold(ISiloBuilder silo) =>
        Hide(silo, item => item is MetadataEvent { Kind: MetadataChangeKind.Remove });

    /// <summary>Who has missed what became of the locks is not told anew.</summary>
    public static void LocksAreNotToldAnew(ISiloBuilder silo) => Hide(silo, item => item is LockSnapshot);

    private static void Hide(ISiloBuilder silo, Func<DeliveryItem, bool> isHidden) => Plants.Change<DeliveryBatch>(
        silo, nameof(IGatewayObserver.DeliverAsync),
        batch => batch with { Items = [.. batch.Items.Where(item => !isHidden(item))] });

    private static void ChangeStore(
        ISiloBuilder silo, Func<IGrainStorage, string, GrainId, IGrainState<SharedDataState>, Task> write)
    {
        var real = silo.Services.Last(service => service.IsKeyedService && service.ServiceType == typeof(IGrainStorage));
        silo.Services.AddKeyedSingleton<IGrainStorage>(real.ServiceKey, (services, key) => new PlantedStore(
            (IGrainStorage)real.KeyedImplementationFactory!(services, key), write));
    }

    private sealed class PlantedStore(
        IGrainStorage store, Func<IGrainStorage, string, GrainId, IGrainState<SharedDataState>, Task> write) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            store.ReadStateAsync(stateName, grainId, grainState);

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            write(store, stateName, grainId, (IGrainState<SharedDataState>)grainState);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            store.ClearStateAsync(stateName, grainId, grainState);
    }
}
