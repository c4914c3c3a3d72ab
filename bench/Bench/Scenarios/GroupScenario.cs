using System.Globalization;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Results;

namespace ImOrleans.Bench.Scenarios;

/// <summary>
/// Messages to a group of 10,000 members of whom 1,000 are there, stored and acknowledged, against a group of 1,000 who are
/// all there and a topic with 1,000 subscribers, which stores nothing. All on one server.
/// </summary>
internal sealed class GroupScenario : IScenario
{
    private const int Window = 16;

    /// <inheritdoc />
    public string Title => "messages to a large group";

    /// <inheritdoc />
    public IReadOnlyList<string> Ids => ["O2"];

    /// <inheritdoc />
    public IReadOnlyList<Row> Run(BenchContext context)
    {
        var connected = context.Crowd(1000);
        var members = connected * 10;
        using var server = context.StartOn(isOnPostgres: false);
        using var crowd = new Crowd();
        context.Say("  connecting");
        PublishLoad[] loads =
        [
            GroupRoom.Fill(crowd, server, members, connected),
            GroupRoom.Fill(crowd, server, connected, connected),
            Room.Fill(crowd, server, connected),
        ];
        Turns[] alone = [.. loads.Select(load => new Turns(load, 1, 1, context.Section))];
        Turns[] many = [.. loads.Select(load => new Turns(load, Window, 1, context.Section))];
        context.Rounds([.. alone.Concat(many).Select(turns => (Action<bool>)turns.Run)]);
        context.Deliveries += loads.Sum(load => load.Verify());
        return [.. Rows(members, connected, 1, alone), .. Rows(members, connected, Window, many)];
    }

    private static IEnumerable<Row> Rows(int members, int connected, int window, Turns[] turns)
    {
        var (large, small, topic) = (turns[0], turns[1], turns[2]);
        var id = $"O2 W={window}";
        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"a message to a group of {members:N0}, {connected:N0} of them connected, SQLite, {window} under way");
        yield return new(id, what, "messages a second", large.Of("ImOrleans", section => section.Rate)) { IsMoreBetter = true };
        yield return new(
            id + " message", "the same, server CPU", "µs CPU a message",
            large.Of("ImOrleans", section => section.ServerPerOperation));
        yield return new(
            id + " members", "the same, against a group of as many as are connected", "µs CPU a delivery",
            large.Server("ImOrleans"))
        {
            Baseline = small.Server($"{connected:N0} members"),
            Budget = 1.2,
            Note = large.GeneratorNote,
        };
        yield return new(
            id + " topic", "the same, against a topic with as many subscribers", "µs CPU a delivery", large.Server("ImOrleans"))
        {
            Baseline = topic.Server("a topic"),
            Note = topic.GeneratorNote,
        };
    }
}
