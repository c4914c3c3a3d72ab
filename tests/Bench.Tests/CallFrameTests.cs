using System.Text;
using ImOrleans.Bench.Load;

namespace ImOrleans.Bench.Tests;

public sealed class CallFrameTests
{
    [Theory]
    [InlineData(10, 6)]
    [InlineData(500, 8)]
    public void The_number_goes_wherever_it_belongs_and_nowhere_else(int padding, int head)
    {
        var rest = new string('x', padding);
        var frame = new CallFrame($"{CallFrame.Number}{rest}{CallFrame.Number}");
        foreach (var number in (int[])[0, 42, 99_999_999])
        {
            var bytes = frame.With(number);
            Assert.Equal(frame.Length, bytes.Length);
            Assert.Equal($"{number:D8}{rest}{number:D8}\u001e", Encoding.UTF8.GetString(bytes[head..]));
        }
    }
}
