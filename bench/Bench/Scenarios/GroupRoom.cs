using System.Globalization;
using System.Text;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>Makes a group, with some of its members there.</summary>
internal static class GroupRoom
{
    /// <summary>Messages from one acknowledgement of a receiver to the next.</summary>
    private const int MessagesOfAck = 50;

    /// <summary>A member who sends, and members who have pulled what there was and get what is sent pushed.</summary>
    /// <param name="crowd">Where they belong.</param>
    /// <param name="server">To which server.</param>
    /// <param name="members">How many are in the group, its sender besides.</param>
    /// <param name="connected">How many of them are there.</param>
    public static PublishLoad Fill(Crowd crowd, ServerProcess server, int members, int connected)
    {
        var group = string.Create(CultureInfo.InvariantCulture, $"group{members}");
        var users = Enumerable.Range(0, members).Select(i => $"{group}-{i}").ToArray();
        AppServer.MakeGroup(server, group, [.. users, group]);
        var tally = new Tally();
        var sender = crowd.Connect(1, _ => Room.Client(server, group, [], isCaller: true, tally))[0];
        var receivers = crowd.Connect(connected, i => Member(server, users[i], tally));
        crowd.Settle(server);
        return new(crowd, server, sender, receivers, tally, RtmFlavor.SendToGroup(group, Room.PayloadBytes));
    }

    private static HubClient Member(ServerProcess server, string user, Tally tally)
    {
        var client = Room.Client(server, user, [RtmFlavor.PullCall], isCaller: true, tally);
        var waiting = 0L;
        client.OnRecord = record =>
        {
            if (RtmFlavor.IsPushedMessages(record))
            {
                var before = client.Received;
                client.Count(record);
                waiting += client.Received - before;
                if (waiting < MessagesOfAck)
                    return;
                waiting = 0;
                client.Send(RtmFlavor.AcknowledgePushed(RtmFlavor.PushTokenOf(record)));
            }
            else if (!record.StartsWith("""{"type":6"""u8) && record.IndexOf("\"code\":0"u8) < 0)
            {
                throw new InvalidDataException("A member of a group was told: " + Encoding.UTF8.GetString(record));
            }
        };
        return client;
    }
}
