using System.Text;
using ImOrleans.Bench.Load;

namespace ImOrleans.Bench.Tests;

public sealed class DeliveryCounterTests
{
    private const string Stream = """{"a":["~00000007xx","~00000008xx"]}␞{"payload":"~00000009"}␞""";

    [Fact]
    public void Messages_are_counted_wherever_the_bytes_were_cut()
    {
        var bytes = Encoding.UTF8.GetBytes(Stream);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var counter = new DeliveryCounter();
            var count = counter.Read(bytes.AsSpan(0, cut)) + counter.Read(bytes.AsSpan(cut));
            Assert.Equal((3, 3L, 9, 0), (count, counter.Count, counter.Last, counter.Breaks));
        }
    }

    [Theory]
    [InlineData("~00000001~00000002~00000004", 1)]
    [InlineData("~00000001~00000001", 1)]
    [InlineData("~00000001~00000003~00000002", 2)]
    [InlineData("~00000041~00000042", 0)]
    public void What_is_lost_doubled_or_moved_is_a_break(string text, int breaks)
    {
        var counter = new DeliveryCounter();
        counter.Read(Encoding.UTF8.GetBytes(text));
        Assert.Equal(breaks, counter.Breaks);
    }
}
