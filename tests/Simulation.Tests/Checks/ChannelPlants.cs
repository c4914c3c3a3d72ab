using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Simulation.Tests;

/// <summary>Bugs of message channels to be found, planted as those of <see cref="Plants"/>.</summary>
internal static class ChannelPlants
{
    /// <summary>A message that its publisher has given up counts nevertheless.</summary>
    public static void LateMessagesCount(ISiloBuilder silo)
    {
        var last = long.MaxValue / 2;
        Plants.Change<PublishMessageRequest>(
            silo, nameof(IMessageChannelGrain.PublishAsync), request => request with { Number = ++last });
    }

    /// <summary>A channel does not know the keys of publishes.</summary>
    public static void KeysAreForgotten(ISiloBuilder silo) => Plants.Change<PublishMessageRequest>(
        silo, nameof(IMessageChannelGrain.PublishAsync), request => request with { IdempotencyKey = null });

    /// <summary>Who comes back gets a part of what was missed.</summary>
    public static void ReplaysAreShort(ISiloBuilder silo) => ChangeAnswers(
        silo, subscribed => subscribed with { Missed = [.. subscribed.Missed.Skip(1)] });

    /// <summary>Who subscribes is told what is from before, if it comes after.</summary>
    public static void EverybodyBeginsAtTheBeginning(ISiloBuilder silo) => ChangeAnswers(
        silo, subscribed => subscribed with { Stamp = subscribed.Stamp with { Position = 0 } });

    /// <summary>A gateway that states anew what it has forgets to name its subscribers.</summary>
    public static void ChannelRegistrationsAreShort(ISiloBuilder silo) => Plants.Change<MessageChannelRegistration>(
        silo, nameof(IMessageChannelGrain.RegisterAsync), registration => registration with { Subscriptions = [] });

    /// <summary>Who comes is told to nobody.</summary>
    public static void ComingsAreNotTold(ISiloBuilder silo) => Plants.Change<DeliveryBatch>(
        silo, nameof(IGatewayObserver.DeliverAsync), batch => batch with
        {
            Items = [.. batch.Items.Where(item => item is not PresenceChanged { Kind: PresenceChangeKind.Joined })],
        });

    private static void ChangeAnswers(ISiloBuilder silo, Func<ChannelSubscribed, ChannelSubscribed> change) =>
        silo.AddIncomingGrainCallFilter(async context =>
        {
            await context.Invoke();
            if (context.Grain is IMessageChannelGrain && context.Result is Outcome<ChannelSubscribed> { IsAccepted: true } answer)
                context.Result = (Outcome<ChannelSubscribed>)change(answer.Value);
        });
}
