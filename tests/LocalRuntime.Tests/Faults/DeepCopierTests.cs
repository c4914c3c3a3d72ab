using System.Collections.Immutable;

namespace ImOrleans.LocalRuntime.Tests;

public sealed class DeepCopierTests
{
    private readonly DeepCopier _copier = new();

    [Fact]
    public void Copy_shares_nothing_that_can_change()
    {
        byte[] bytes = [1, 2, 3];
        var shelf = new Shelf("s", ["a"], new() { ["k"] = [1] }, bytes, [new Book { Title = "t" }]);
        var copy = _copier.Copy(shelf);
        shelf.Books.Add("b");
        shelf.Counts["k"].Add(2);
        bytes[0] = 9;
        shelf.Shown[0].Title = "other";
        Assert.Equal("s", copy.Name);
        Assert.Equal(["a"], copy.Books);
        Assert.Equal([1], copy.Counts["k"]);
        Assert.Equal([1, 2, 3], copy.Cover.ToArray());
        Assert.Equal("t", copy.Shown[0].Title);
    }

    [Fact]
    public void Member_without_a_number_is_not_carried() =>
        Assert.Equal(0, _copier.Copy(new Book { Title = "t", Unnumbered = 7 }).Unnumbered);

    [Fact]
    public void Members_of_base_types_are_carried()
    {
        var copy = (Novel)_copier.Copy<Book>(new Novel { Title = "t", Pages = 3 });
        Assert.Equal(("t", 3), (copy.Title, copy.Pages));
    }

    [Fact]
    public void Plain_values_tuples_and_nothing_are_carried()
    {
        Assert.Null(_copier.Copy<string?>(null));
        Assert.Equal(5, _copier.Copy<int?>(5));
        Assert.Equal((1, "a"), _copier.Copy((1, "a")));
        Assert.Equal(DayOfWeek.Friday, _copier.Copy(DayOfWeek.Friday));
        Assert.True(_copier.Copy(default(ImmutableArray<int>)).IsDefault);
        Assert.Equal([1, 2], _copier.Copy(ImmutableArray.Create(1, 2)).ToArray());
        Assert.Equal([1, 2], _copier.Copy(new HashSet<int> { 1, 2 }).Order());
        Assert.Equal([[1], [2]], _copier.Copy<int[][]>([[1], [2]]));
    }

    [Fact]
    public void Type_that_no_serialiser_knows_is_refused() =>
        Assert.Throws<NotSupportedException>(() => _copier.Copy<object>(new Recorder[] { new() }.AsEnumerable().GetEnumerator()));

    [GenerateSerializer]
    public sealed record Shelf(
        [property: Id(0)] string Name,
        [property: Id(1)] List<string> Books,
        [property: Id(2)] Dictionary<string, List<int>> Counts,
        [property: Id(3)] ReadOnlyMemory<byte> Cover,
        [property: Id(4)] ImmutableArray<Book> Shown);

    [GenerateSerializer]
    public class Book
    {
        [Id(0)]
        public string Title { get; set; } = "";

        public int Unnumbered { get; set; }
    }

    [GenerateSerializer]
    public sealed class Novel : Book
    {
        [Id(0)]
        public int Pages { get; set; }
    }
}
