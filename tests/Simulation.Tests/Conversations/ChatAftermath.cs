namespace ImOrleans.Simulation.Tests;

/// <summary>After the last fault everything is stored as it was answered, and everybody has all of it.</summary>
internal sealed class ChatAftermath(SimulatedWorld world)
{
    /// <summary>Longer than leases, repeats, the rolling check and what a lost notice may take together.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(50);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task CheckAsync()
    {
        var chatting = world.Chatting!;
        await Task.Delay(Settling, world.Clock);
        foreach (var standing in chatting.Chatters.Select(chatter => chatter.StandAsync()).ToArray())
            await standing;
        await world.Users[0].InsistAsync("make all come into the group", chatting.TakeAllInAsync);
        await Task.Delay(Settling, world.Clock);
        CheckComplete("has settled");

        // Everybody writes everywhere, and everybody hears of it.
        foreach (var chatter in chatting.Chatters)
            foreach (var conversation in chatting.Of(chatter.User.Name))
                await chatter.User.InsistAsync("send", () => chatter.SendAsync(conversation, isNamed: world.IsMostly(0.5)));
        await Task.Delay(Patience, world.Clock);
        CheckComplete("was written");
        chatting.CheckStored();
    }

    private void CheckComplete(string when)
    {
        foreach (var chatter in world.Chatting!.Chatters)
            chatter.Mailbox.CheckComplete(when);
    }
}
