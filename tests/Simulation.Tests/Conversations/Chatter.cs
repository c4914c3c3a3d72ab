using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Simulation.Tests;

/// <summary>One device of a person who writes to others, and sends again what was not answered.</summary>
internal sealed class Chatter(SimulatedWorld world, SimulatedUser user)
{
    private const int AttemptsMax = 4;

    private bool _isPulling;
    private bool _isPullWanted;

    public SimulatedUser User { get; } = user;

    public Mailbox Mailbox { get; } = new(world, user.Name, user.Device);

    private Chatting Chatting => world.Chatting!;

    public override string ToString() => $"{User.Name} {User.Device}";

    /// <summary>Does this and that until the storm is over.</summary>
    public async Task LiveAsync()
    {
        var begun = new List<Task>();
        while (world.IsStormy)
        {
            await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(600)), world.Clock);
            if (User.Now is not { Connection.IsOpen: true } visit)
            {
                await ConnectAsync();
                continue;
            }

            switch (world.Random.Next(12))
            {
                case 0 when world.IsMostly(0.3):
                    await User.LoseAsync(visit.Connection);
                    WantPull();
                    break;
                case 1 when world.IsMostly(0.3):
                    WantPull();
                    break;
                default:
                    for (var left = world.IsMostly(0.8) ? 1 : 5; left > 0; left--)
                        begun.Add(SendAsync(Any(Chatting.Of(User.Name)), world.IsMostly(0.8)));
                    if (world.IsMostly(0.7))
                        await begun[^1];
                    break;
            }
        }

        foreach (var send in begun)
            await send;
    }

    /// <summary>Sees to it that the device is there, now that everything works.</summary>
    public async Task StandAsync()
    {
        if (User.Now?.Connection.IsOpen != true)
            await User.InsistAsync("come back", async () =>
            {
                await ConnectAsync();
                return User.Now is not null;
            });
    }

    /// <summary>Sends a message, again under its name until it is answered; false when it never was.</summary>
    public async Task<bool> SendAsync(ConversationKey conversation, bool isNamed)
    {
        var attempt = Chatting.Begin(this, conversation, isNamed);
        for (var left = isNamed ? AttemptsMax : 1; left > 0; left--)
        {
            if (User.Now is { Connection.IsOpen: true } visit && await TrySendAsync(visit, attempt) is { } isAccepted)
                return isAccepted;
            await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)), world.Clock);
        }

        return false;
    }

    /// <summary>Messages are pushed; they are acknowledged soon, or not at all.</summary>
    public void Take(Visit visit, ConversationMessagesEvent pushed)
    {
        foreach (var message in pushed.Messages)
            Mailbox.Take(pushed.Conversation, message, isPushed: true);
        if (world.IsMostly(0.8))
            _ = AcknowledgeAsync(visit, pushed.AckToken);
    }

    /// <summary>There is something to pull, or may be.</summary>
    public void WantPull()
    {
        _isPullWanted = true;
        if (!_isPulling)
            _ = PullAllAsync();
    }

    private async Task ConnectAsync()
    {
        await User.ConnectAsync(isAnew: world.IsMostly(0.3));
        if (User.Now is not null)
            WantPull();
    }

    /// <summary>True: accepted; false: refused, for good; null: it is not known.</summary>
    private async Task<bool?> TrySendAsync(Visit visit, SendAttempt attempt)
    {
        var request = new SendChatMessageRequest(
            new(User.Name), "RC:TxtMsg", Encoding.UTF8.GetBytes(attempt.Text),
            MessageFlags.Counted | (attempt.Receivers.IsEmpty ? 0 : MessageFlags.Directed), attempt.Name)
        {
            Receivers = attempt.Receivers,
        };
        var (node, connection) = (visit.Node, visit.Connection);
        var outcome = await User.InTimeAsync(
            $"{this} sends {attempt.Text} to {attempt.Conversation}",
            () => node.Chats.SendAsync(visit.Session!, attempt.Conversation, request));
        if (!Hears(node, connection) || outcome.Refusal?.Code == ErrorCode.InternalErrror)
        {
            Chatting.Lose();
            return null;
        }

        if (outcome.IsAccepted)
            Chatting.Accept(attempt, outcome.Value);
        else if (attempt.Conversation.Type != ConversationType.Group
            || outcome.Refusal.Code is not (ErrorCode.NotInGroup or ErrorCode.RcDiscussionGroupIdInvalid))
            world.Journal.Violate($"{attempt.Text} was refused: {outcome.Refusal.Code}");
        return outcome.IsAccepted;
    }

    private async Task PullAllAsync()
    {
        _isPulling = true;
        while (_isPullWanted && User.Now is { Connection.IsOpen: true } visit)
        {
            _isPullWanted = false;
            if (await PullAsync(visit))
                continue;
            _isPullWanted = true;
            await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)), world.Clock);
        }

        _isPulling = false;
    }

    /// <summary>Pulls page after page; false when an answer did not come.</summary>
    private async Task<bool> PullAsync(Visit visit)
    {
        var (node, connection) = (visit.Node, visit.Connection);
        while (true)
        {
            var pulled = await User.InTimeAsync(
                $"{this} pulls", () => node.Chats.PullAsync(visit.Session!, world.Random.Next(1, 30)));

            // What was told before the answer arrives before it.
            await visit.Session!.Outbox.FlushedAsync();
            if (!pulled.IsAccepted || !Hears(node, connection))
                return false;
            var (page, token) = pulled.Value;
            foreach (var message in page.Messages)
                Mailbox.Take(message.Conversation, message.Message, isPushed: false);
            if (token is not null && !await AcknowledgeAsync(visit, token))
                return false;
            if (page.IsFinished)
                return true;
        }
    }

    private async Task<bool> AcknowledgeAsync(Visit visit, string token)
    {
        var (node, connection) = (visit.Node, visit.Connection);
        var outcome = await User.InTimeAsync(
            $"{this} acknowledges", () => node.Chats.AcknowledgeAsync(visit.Session!, token));
        return outcome.IsAccepted && Hears(node, connection);
    }

    /// <summary>False when no answer reaches the client any more.</summary>
    private static bool Hears(SimulatedNode node, SimulatedConnection connection) =>
        !node.IsKilled && connection is { IsOpen: true, IsDeaf: false };

    private T Any<T>(IReadOnlyList<T> of) => of[world.Random.Next(of.Count)];
}
