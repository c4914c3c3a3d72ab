using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.SharedData;

namespace ImOrleans.Grains.Tests.SharedData;

public sealed class MetadataRulesTests
{
    private static readonly SharedDataState Two = Next(new(), Set(new("a", "1"), new("b", "2")));

    [Fact]
    public void Set_creates_and_overwrites_and_keeps_the_order_of_first_writes()
    {
        var next = Next(Two, Set(new("c", "3"), new("a", "9")));
        Assert.Equal("a=9@2 b=2@1 c=3@2", Print(next));
    }

    [Fact]
    public void Update_overwrites_only_what_is_there_all_or_nothing()
    {
        Refused(ErrorCode.StorageInvalidMetadataItem, Two, Set(new("a", "9"), new("c", "3")) with { Kind = MetadataChangeKind.Update });
        Assert.Equal("a=9@2 b=2@1", Print(Next(Two, Set(new MetadataWrite("a", "9")) with { Kind = MetadataChangeKind.Update })));
    }

    [Fact]
    public void Remove_takes_the_named_or_all_and_the_removed_are_told()
    {
        var removed = MetadataRules.Decide(Two, Remove(new MetadataWrite("a", "")), 0).Value!;
        Assert.Equal("1", Assert.Single(removed.Changed).Value);
        Assert.Equal("b=2@1", Print(removed.Next));
        var all = MetadataRules.Decide(Two, Remove(), 0).Value!;
        Assert.Equal((2, 2L), (all.Changed.Length, all.Next.MajorRevision));
        Assert.Empty(all.Next.Items);
        Assert.Empty(MetadataRules.Decide(all.Next, Remove(), 0).Value!.Changed);
        Refused(ErrorCode.StorageInvalidMetadataItem, Two, Remove(new("a", ""), new("c", "")));
    }

    [Fact]
    public void Revisions_are_compared_for_the_whole_and_for_each_item()
    {
        Refused(ErrorCode.StorageOutdatedRevision, Two, Set(new MetadataWrite("a", "9")) with { MajorRevision = 2 });
        Next(Two, Set(new MetadataWrite("a", "9")) with { MajorRevision = 1 });
        Refused(ErrorCode.StorageOutdatedRevision, Two, Set(new MetadataWrite("a", "9", 2)));
        Refused(ErrorCode.StorageOutdatedRevision, Two, Set(new MetadataWrite("new", "9", 1)));
        Refused(ErrorCode.StorageOutdatedRevision, Two, Remove(new MetadataWrite("a", "", 2)));
        Next(Two, Set(new("a", "9", 1), new("b", "9", 1)));
    }

    /// <summary>Who has read an item that was removed and set again must not take the new one for the old.</summary>
    [Fact]
    public void Revisions_of_an_item_rise_across_its_removal()
    {
        var again = Next(Next(Two, Remove()), Set(new MetadataWrite("a", "1")));
        Assert.Equal("a=1@3", Print(again));
        Refused(ErrorCode.StorageOutdatedRevision, again, Set(new MetadataWrite("a", "9", 1)));
    }

    /// <summary>Who has lost a lock and got it again must not finish what it began before.</summary>
    [Fact]
    public void A_guarded_write_may_name_the_grant_that_it_belongs_to()
    {
        var held = Two with { Locks = [new(new("door"), 10, new("ann"), 5)] };
        var write = Set(new MetadataWrite("a", "9")) with { Lock = new("door") };
        Next(held, write);
        Next(held, write with { FencingToken = 5 });
        Refused(ErrorCode.StorageLockNotAcquired, held, write with { FencingToken = 4 });
        Refused(ErrorCode.StorageLockNotAcquired, held, write with { FencingToken = 6 });
        Refused(ErrorCode.StorageLockNotAcquired, held, write with { User = new("bob"), FencingToken = 5 });
        Refused(ErrorCode.StorageLockNotAcquired, Two with { Locks = [new(new("door"), 10)] }, write);
        Refused(ErrorCode.StorageInvalidLockName, Two, write);
    }

    [Fact]
    public void Author_and_time_are_noted_only_when_they_are_asked_for()
    {
        var plain = Assert.Single(Next(new(), Set(new MetadataWrite("a", "1"))).Items);
        Assert.Null(plain.Author);
        Assert.Null(plain.UpdatedAtUnixMs);
        var noted = Assert.Single(
            MetadataRules.Decide(new(), Set(new MetadataWrite("a", "1")) with { RecordAuthor = true, RecordTime = true }, 77).Value!.Next.Items);
        Assert.Equal(("ann", 77L), (noted.Author?.Value, noted.UpdatedAtUnixMs));
    }

    [Fact]
    public void All_keys_and_values_together_have_at_most_16_KiB()
    {
        var full = Next(new(), Set(new MetadataWrite("k", new string('x', SharedDataLimits.MetadataBytesMax - 1))));
        Assert.Equal(SharedDataLimits.MetadataBytesMax, MetadataRules.BytesOf(full.Items));
        Refused(ErrorCode.StorageMetadataLengthOverflow, full, Set(new MetadataWrite("l", "")));
        Refused(ErrorCode.StorageMetadataLengthOverflow, full, Set(new MetadataWrite("k", new string('é', SharedDataLimits.MetadataBytesMax / 2))));
        Next(full, Set(new MetadataWrite("k", "short")));
    }

    private static ChangeMetadataRequest Set(params MetadataWrite[] items) =>
        new(new("ann"), MetadataChangeKind.Set, [.. items]);

    private static ChangeMetadataRequest Remove(params MetadataWrite[] items) =>
        new(new("ann"), MetadataChangeKind.Remove, [.. items]);

    private static SharedDataState Next(SharedDataState state, ChangeMetadataRequest request)
    {
        var decided = MetadataRules.Decide(state, request, 0);
        Assert.True(decided.IsAccepted, decided.Refusal?.ToString());
        return decided.Value.Next;
    }

    private static void Refused(ErrorCode code, SharedDataState state, ChangeMetadataRequest request) =>
        Assert.Equal(code, MetadataRules.Decide(state, request, 0).Refusal?.Code);

    private static string Print(SharedDataState state) =>
        string.Join(" ", state.Items.Select(item => $"{item.Key}={item.Value}@{item.Revision}"));
}
