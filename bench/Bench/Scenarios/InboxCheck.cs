using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>Whether what was acknowledged is there: once, in order, and nothing more.</summary>
internal static class InboxCheck
{
    private const int AtOnce = 8;

    /// <summary>Pulls all inboxes with a device that is new; the number of messages.</summary>
    /// <exception cref="InvalidDataException">Something is lost, doubled, or out of order.</exception>
    public static long Run(Crowd crowd, ServerProcess server, int users, long acknowledged)
    {
        var found = 0L;
        foreach (var some in Enumerable.Range(0, users).Chunk(AtOnce))
        {
            var pulls = new List<InboxPull>();
            crowd.Connect(some.Length, i =>
            {
                pulls.Add(new(server, ChatLoad.NameOf(some[i]), "check", isChecking: true));
                return pulls[^1].Client;
            });
            foreach (var pull in pulls)
                pull.Begin();
            var patience = new Patience(Patience.Limit);
            while (!pulls.TrueForAll(pull => pull.IsFinished))
            {
                crowd.Poll();
                patience.Check(pulls.Sum(pull => pull.Messages), () => "inboxes were pulled");
            }

            found += pulls.Sum(pull => pull.Messages);
            crowd.Close(pulls.Select(pull => pull.Client));
        }

        // Each is in two inboxes, its sender's and its receiver's.
        return found == 2 * acknowledged
            ? acknowledged
            : throw new InvalidDataException($"{acknowledged} messages were acknowledged, {found / 2.0} are there.");
    }
}
