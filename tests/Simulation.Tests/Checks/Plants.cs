using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Simulation.Tests;

/// <summary>Bugs to be found, planted from outside: each takes away one thing that the flow relies on.</summary>
internal static class Plants
{
    /// <summary>Gateways cannot tell a repeated batch from a new one.</summary>
    public static void RepeatsLookNew(ISiloBuilder silo)
    {
        var last = 1_000_000L;
        Change<DeliveryBatch>(silo, nameof(IGatewayObserver.DeliverAsync), batch => batch with { Number = ++last });
    }

    /// <summary>What leaves together leaves in the wrong order.</summary>
    public static void BatchesAreReversed(ISiloBuilder silo) => Change<DeliveryBatch>(
        silo, nameof(IGatewayObserver.DeliverAsync), batch => batch with { Items = [.. batch.Items.Reverse()] });

    /// <summary>All activations of a grain have the same name.</summary>
    public static void EpochsAreOne(ISiloBuilder silo) => silo.Services.AddSingleton<IEpochSource, OneEpoch>();

    /// <summary>A gateway that states anew what it has forgets to name its subscribers.</summary>
    public static void RegistrationsAreShort(ISiloBuilder silo) => Change<TopicRegistration>(
        silo, nameof(ITopicGrain.RegisterAsync), registration => registration with { Subscriptions = [] });

    /// <summary>A publish that its publisher has given up counts nevertheless.</summary>
    public static void LatePublishesCount(ISiloBuilder silo)
    {
        var last = long.MaxValue / 2;
        Change<PublishTopicRequest>(silo, nameof(ITopicGrain.PublishAsync), request => request with { Number = ++last });
    }

    /// <summary>A session that moves forgets what its client has got.</summary>
    public static void CountsAreForgotten(ISiloBuilder silo) => Change<TakeSessionRequest>(
        silo, nameof(IUserGrain.TakeSessionAsync), request => request with { Received = 0 });

    /// <summary>Changes the first argument of calls, where it is of that type, on its way in.</summary>
    public static void Change<T>(ISiloBuilder silo, string method, Func<T, T> change)
        where T : notnull =>
        silo.AddIncomingGrainCallFilter(context =>
        {
            if (context.InterfaceMethod.Name == method && context.Request.GetArgument(0) is T argument)
                context.Request.SetArgument(0, change(argument));
            return context.Invoke();
        });

    private sealed class OneEpoch : IEpochSource
    {
        public long NextEpoch() => 1;
    }
}
