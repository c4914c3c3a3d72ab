using System.Collections.Immutable;
using System.Text;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>Writes events of presence as the SDK takes them. A key that is gone has an empty value there.</summary>
internal static class GoPresenceEncoder
{
    private const int Snapshot = 1;
    private const int Interval = 2;
    private const int Join = 3;
    private const int Leave = 4;
    private const int Timeout = 5;
    private const int StateChanged = 6;
    private const int OutOfService = 7;

    public static GoEvent Encode(PresenceEvent told) => told switch
    {
        PresenceChangeEvent { Change: var change } =>
            Write(Pairs(Head(told, TypeOf(change.Kind)).Text(4, change.User.Value), 5, change.State)),
        PresenceSnapshotEvent { View: var view } => Write(Users(
            Head(told, Snapshot), view.Users.Select(user => (user.User, new StateChange(user.State, []))))),
        PresenceIntervalEvent { Interval: var interval } => Write(Users(
            Names(Names(Names(Head(told, Interval), 6, interval.Joined), 7, interval.Left), 8, interval.TimedOut),
            interval.States.Select(state => (state.User, state.Change)))),
        _ => Write(Head(told, OutOfService)),
    };

    private static GoMessageWriter Head(PresenceEvent told, int type) =>
        new GoMessageWriter().Text(1, told.Channel.Value).Number(2, (int)told.Type).Number(3, type);

    private static GoMessageWriter Names(GoMessageWriter message, int field, ImmutableArray<UserId> users) =>
        message.All(field, users.Select(user => user.Value));

    private static GoMessageWriter Users(GoMessageWriter message, IEnumerable<(UserId User, StateChange State)> users)
    {
        foreach (var (user, state) in users)
            message.OneOf(9, Pairs(new GoMessageWriter().Text(1, user.Value), 2, state));
        return message;
    }

    private static GoMessageWriter Pairs(GoMessageWriter message, int field, StateChange state)
    {
        foreach (var (key, value) in state.Set)
            message.OneOf(field, new GoMessageWriter().Text(1, key).Text(2, value));
        foreach (var key in state.Removed)
            message.OneOf(field, new GoMessageWriter().Text(1, key).OneOf(2, Encoding.UTF8.GetBytes("")));
        return message;
    }

    private static int TypeOf(PresenceChangeKind kind) => kind switch
    {
        PresenceChangeKind.Joined => Join,
        PresenceChangeKind.Left => Leave,
        PresenceChangeKind.TimedOut => Timeout,
        _ => StateChanged,
    };

    private static GoEvent Write(GoMessageWriter message) => GoEventEncoder.Write(GoUri.PresenceEvent, message);
}
