using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.Tests.MessageLog;

/// <summary>What every message log does: here devices and how far they have received.</summary>
public abstract partial class MessageLogContract
{
    private static readonly DeviceId Phone = new("phone");
    private static readonly DeviceId Desk = new("de sk ✓🙂");

    [Fact]
    public async Task A_device_keeps_where_it_began_and_is_seen_ever_later()
    {
        Assert.Empty(await Log.ReadDevicesAsync(Ann).Guard());
        Assert.Equal(new(Phone, 100, 200), await Log.TouchDeviceAsync(Ann, new(Phone, 100, 200)).Guard());
        Assert.Equal(new(Phone, 100, 300), await Log.TouchDeviceAsync(Ann, new(Phone, 150, 300)).Guard());
        Assert.Equal(new(Phone, 100, 300), await Log.TouchDeviceAsync(Ann, new(Phone, 50, 250)).Guard());
        Assert.Equal(new(Desk, 7, 8), await Log.TouchDeviceAsync(Ann, new(Desk, 7, 8)).Guard());
        Assert.Equal(new(Phone, 1, 2), await Log.TouchDeviceAsync(Bob, new(Phone, 1, 2)).Guard());
        Assert.Equal(
            [new(Desk, 7, 8), new(Phone, 100, 300)],
            (await Log.ReadDevicesAsync(Ann).Guard()).OrderBy(row => row.Device.Value, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Devices_that_are_touched_at_once_all_arrive_and_each_call_is_told_its_own()
    {
        var rows = await Task.WhenAll(Enumerable.Range(0, 400).Select(i =>
            Log.TouchDeviceAsync(User(i % 100), new(Phone, i, i)))).Guard();
        for (var i = 0; i < 400; i++)
            Assert.Equal(new(Phone, i % 100, i), rows[i]);
    }

    [Fact]
    public async Task Positions_never_fall_and_are_the_devices_own()
    {
        await OpenWithMessagesAsync(Pair, 9);
        await OpenWithMessagesAsync(Team, 9);
        await Log.TouchDeviceAsync(Ann, new(Phone, 1, 1)).Guard();
        await Log.TouchDeviceAsync(Ann, new(Desk, 1, 1)).Guard();
        await Log.WritePositionsAsync(Ann, Phone, [new(Pair, 4), new(Team, 2)]).Guard();
        await Log.WritePositionsAsync(Ann, Phone, [new(Pair, 3), new(Team, 9)]).Guard();
        await Log.WritePositionsAsync(Ann, Desk, [new(Pair, 1), new(Pair, 8), new(Pair, 2)]).Guard();
        await Log.WritePositionsAsync(Ann, Phone, []).Guard();
        Assert.Equal([new(Team, 9), new(Pair, 4)], await PositionsAsync(Ann, Phone));
        Assert.Equal([new(Pair, 8)], await PositionsAsync(Ann, Desk));
        Assert.Empty(await PositionsAsync(Bob, Phone));
    }

    [Fact]
    public async Task Positions_of_what_is_not_there_are_left_out()
    {
        await OpenWithMessagesAsync(Pair, 3);
        await Log.TouchDeviceAsync(Ann, new(Phone, 1, 1)).Guard();
        await Log.WritePositionsAsync(Ann, Phone, [new(Team, 1), new(Group(1), 0), new(Pair, 4)]).Guard();
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.WritePositionsAsync(Ann, Phone, [new(Pair, -1)]); });
        await Log.WritePositionsAsync(Ann, Desk, [new(Pair, 1)]).Guard();
        await Log.WritePositionsAsync(Bob, Phone, [new(Pair, 1)]).Guard();
        Assert.Empty(await PositionsAsync(Ann, Phone));
        await Log.TouchDeviceAsync(Ann, new(Desk, 1, 1)).Guard();
        Assert.Empty(await PositionsAsync(Ann, Desk));
        Assert.Empty(await PositionsAsync(Bob, Phone));
    }

    [Fact]
    public async Task As_many_positions_as_a_page_holds_are_taken_and_one_more_is_not()
    {
        var keys = Enumerable.Range(0, ConversationLimits.PageMessagesMax + 1).Select(Group).ToArray();
        await Task.WhenAll(keys.Select(key => OpenWithMessagesAsync(key, 2))).Guard();
        await Log.TouchDeviceAsync(Ann, new(Phone, 1, 1)).Guard();
        await Log.WritePositionsAsync(Ann, Phone, [.. keys[1..].Select(key => new DevicePosition(key, 2))]).Guard();
        Assert.Equal(keys[1..].Select(key => new DevicePosition(key, 2)), await PositionsAsync(Ann, Phone));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            _ = Log.WritePositionsAsync(Ann, Phone, [.. keys.Select(key => new DevicePosition(key, 2))]);
        });
    }

    [Fact]
    public async Task A_device_that_is_removed_goes_with_its_positions_and_alone()
    {
        await OpenWithMessagesAsync(Pair, 3);
        foreach (var (user, device) in ((UserId, DeviceId)[])[(Ann, Phone), (Ann, Desk), (Bob, Phone)])
        {
            await Log.TouchDeviceAsync(user, new(device, 1, 1)).Guard();
            await Log.WritePositionsAsync(user, device, [new(Pair, 2)]).Guard();
        }

        await Log.RemoveDeviceAsync(Ann, Phone).Guard();
        await Log.RemoveDeviceAsync(Ann, new("unknown")).Guard();
        AssertRows(await Log.ReadDevicesAsync(Ann).Guard(), new DeviceRow(Desk, 1, 1));
        Assert.Empty(await PositionsAsync(Ann, Phone));
        Assert.Single(await PositionsAsync(Ann, Desk));
        Assert.Single(await PositionsAsync(Bob, Phone));
        Assert.Equal(new(Phone, 5, 5), await Log.TouchDeviceAsync(Ann, new(Phone, 5, 5)).Guard());
        Assert.Empty(await PositionsAsync(Ann, Phone));
    }

    [Fact]
    public async Task Devices_that_were_long_away_are_forgotten_so_many_at_most()
    {
        await OpenWithMessagesAsync(Pair, 3);
        for (var i = 0; i < 10; i++)
        {
            await Log.TouchDeviceAsync(User(i), new(Phone, 1, 100 + i)).Guard();
            await Log.WritePositionsAsync(User(i), Phone, [new(Pair, 2)]).Guard();
        }

        Assert.Equal(3, await Log.RemoveDevicesAsync(107, 3).Guard());
        Assert.Equal(4, await Log.RemoveDevicesAsync(107, 5).Guard());
        Assert.Equal(0, await Log.RemoveDevicesAsync(107, 5).Guard());
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(i < 7 ? 0 : 1, (await Log.ReadDevicesAsync(User(i)).Guard()).Length);
            Assert.Equal(i < 7 ? 0 : 1, (await PositionsAsync(User(i), Phone)).Count);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Log.RemoveDevicesAsync(107, 0); });
    }

    private async Task OpenWithMessagesAsync(ConversationKey key, int count)
    {
        await Log.OpenAsync(key).Guard();
        await AppendAsync(key, 1, 1, [.. Enumerable.Range(1, count).Select(i => Text($"{i}"))]);
    }

    /// <summary>In the order of the keys.</summary>
    private async Task<List<DevicePosition>> PositionsAsync(UserId user, DeviceId device) =>
        [.. (await Log.ReadPositionsAsync(user, device).Guard()).OrderBy(one => one.Key.Value, StringComparer.Ordinal)];
}
