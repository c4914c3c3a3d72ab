using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.Grains.Abstractions.Users;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Simulation.Tests;

/// <summary>Bugs of conversations to be found, planted as those of <see cref="Plants"/>.</summary>
internal static class ChatPlants
{
    /// <summary>A write whose outcome nobody knows is taken for done.</summary>
    public static void UnknownWritesCount(ISiloBuilder silo) => ChangeLog(silo, HopefulMessageLog.Over);

    /// <summary>What gathers for a user while it is told is passed on in part, as if it were all.</summary>
    public static void PushesAreCut(ISiloBuilder silo) => Plants.Change<ConversationPush>(
        silo, nameof(IUserGrain.PushAsync), push => push.Messages.Length < 2
            ? push
            : push with { PreviousSeq = push.Seq - 1, Messages = push.Messages[^1..] });

    /// <summary>Nobody looks whether something was not passed on.</summary>
    public static void NothingIsCompared(ISiloBuilder silo) => silo.AddIncomingGrainCallFilter(context =>
        context.Grain is IInboxTotalsGrain ? throw new InvalidOperationException("Not now.") : context.Invoke());

    /// <summary>A pull claims to have read what is yet to come.</summary>
    public static void PullsClaimTheFuture(ISiloBuilder silo) => ChangeMark(
        silo, mark => mark with { AsOfUnixMs = mark.AsOfUnixMs + 600_000 });

    /// <summary>Nobody hears that users have left a group.</summary>
    public static void LeavingIsNotTold(ISiloBuilder silo) => Plants.Change<DeliveryBatch>(
        silo, nameof(IGatewayObserver.DeliverAsync),
        batch => batch with { Items = [.. batch.Items.Where(item => item is not GroupMembersLeft)] });

    /// <summary>Acknowledgements go one further than they say.</summary>
    public static void AcknowledgementsRunAhead(ISiloBuilder silo) => Plants.Change<AcknowledgeRequest>(
        silo, nameof(IInboxGrain.AcknowledgeAsync), request => request with
        {
            Positions = [.. request.Positions.Select(place => place with { DeliveredSeq = place.DeliveredSeq + 1 })],
        });

    private static void ChangeMark(ISiloBuilder silo, Func<InboxMark, InboxMark> change) =>
        silo.AddIncomingGrainCallFilter(async context =>
        {
            await context.Invoke();
            if (context.Result is Outcome<PulledMessages> { IsAccepted: true, Value: { Mark: { } mark } pulled })
                context.Result = (Outcome<PulledMessages>)(pulled with { Mark = change(mark) });
        });

    private static void ChangeLog(ISiloBuilder silo, Func<IMessageLog, IMessageLog> change)
    {
        var real = (IMessageLog)silo.Services.Last(service => service.ServiceType == typeof(IMessageLog)).ImplementationInstance!;
        silo.Services.AddSingleton(change(real));
    }
}
