using ImOrleans.Grains.MessageChannels;

namespace ImOrleans.Grains.Tests.MessageChannels;

public sealed class PublishedKeysTests
{
    private static readonly UserId Ann = new("ann");

    [Fact]
    public void A_key_belongs_to_its_publisher()
    {
        var keys = new PublishedKeys(10, TimeSpan.FromSeconds(1));
        keys.Add(Ann, "k", Answer(1));
        keys.Add(new("bob"), "k", Answer(2));

        Assert.Equal(1, Find(keys, "k"));
        Assert.Null(Find(keys, "K"));
        Assert.Equal(2, keys.Count);
    }

    [Fact]
    public void The_oldest_goes_when_there_are_too_many()
    {
        var keys = new PublishedKeys(2, TimeSpan.FromSeconds(1));
        keys.Add(Ann, "a", Answer(1));
        keys.Add(Ann, "b", Answer(2));
        Assert.Equal(1, Find(keys, "a"));

        keys.Add(Ann, "c", Answer(3));

        Assert.Null(Find(keys, "a"));
        Assert.Equal((2L, 3L), (Find(keys, "b"), Find(keys, "c")));
        Assert.Equal(2, keys.Count);
    }

    [Fact]
    public void A_key_is_known_until_it_is_older_than_allowed()
    {
        var keys = new PublishedKeys(2, TimeSpan.FromSeconds(1));
        keys.Add(Ann, "a", Answer(1));

        Assert.Equal(1, Find(keys, "a", now: 1000));
        Assert.Null(Find(keys, "a", now: 1001));
        Assert.Equal(0, keys.Count);
    }

    [Fact]
    public void With_a_bound_of_zero_none_is_kept()
    {
        var keys = new PublishedKeys(0, TimeSpan.FromSeconds(1));
        keys.Add(Ann, "a", Answer(1));

        Assert.Null(Find(keys, "a"));
        Assert.Equal(0, keys.Count);
    }

    private static PublishedKey Answer(long offset) => new(new(new(1, offset), 0));

    private static long? Find(PublishedKeys keys, string key, long now = 0) =>
        keys.Find(Ann, key, now)?.Answer.Position.Offset;
}
